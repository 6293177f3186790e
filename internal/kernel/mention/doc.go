// Package mention is people and groups named in a text.
//
// A text keeps a name as "[@Name](ruche:account/ID)" or "[@Name](ruche:group/ID)";
// people type and read "@Name". At each write the names typed become such
// references, as far as they name one person or group that may be named: someone
// who may read the item, or a group of its space. An external names members of the
// space only.
//
// It owns mentions, the rows that say whom a text names, and reads name_words,
// which account keeps. A row is no right: whoever is told of it is asked for the
// right to read at that moment.
package mention
