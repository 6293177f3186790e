// Command assets builds the front end: it reads web/ and the *.ts and *.css of
// internal/features/*, and writes web/dist, which package assets embeds.
//
//	go run ./tools/assets          builds once, minified
//	go run ./tools/assets -watch   builds again at each change, until interrupted
//
// What it makes:
//
//   - app.js from web/src/app.ts, and one script for each features/*/*.ts that
//     is not a test (an island, loaded by the pages that need it);
//   - app.css from web/src/app.css, whose import "ruche:features.css" stands
//     for every features/*/*.css;
//   - sprite.svg from web/icons/*.svg, one symbol an icon, named after its file;
//   - copies of web/fonts and web/brand.
//
// Every file carries a hash of its content in its name, and has a .br and a .gz
// beside it when that makes it smaller. manifest.json maps the stable name
// ("app.js", "blog/editor.js", "sprite.svg", "fonts/atkinson-next.woff2") to the
// name in dist. It is written last: where it stands, the build is whole.
//
// The tool needs node_modules only for what the scripts import (htmx).
package main
