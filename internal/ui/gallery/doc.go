// Package gallery is the living page of the components of package ui, in all
// their states, and of sample pages made of them. It is mounted in development
// only (/-/composants). Its texts are specimens: they are French and fixed, and
// go through no catalogue.
package gallery
