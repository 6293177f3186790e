// Package picture looks at images that people send and makes smaller ones of them.
//
// Nothing is decoded before its header said how many pixels there are; of an
// animation, the first picture alone is. What is made carries none of the notes of
// the camera (place, owner, time), and stands upright.
//
// It reads JPEG, PNG, GIF and WebP. It knows no product word.
package picture
