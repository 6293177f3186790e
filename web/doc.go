// Package assets carries the front end inside the program: scripts, styles,
// fonts and icons, as built by the command tools/assets from the sources of
// this folder (src, fonts, icons, brand) and from the *.ts and *.css of the
// features. It knows nothing of what it holds; platform/web serves it under
// /assets/.
package assets
