// Package frame puts a page together for the person who asked: the rail with
// their spaces, the header of the space with the tabs they may open, the face
// at the top right, the notice left by the last form. Features give it a title
// and a body.
//
// It owns no table and decides no right: it draws what package access answers.
package frame
