// Package web is the HTTP side of the house: a router over net/http whose
// handlers return errors, and everything that must hold for every answer.
//
// A handler is a Handler: it parses (ParseForm, NewForm), calls one use case,
// and answers (Render, Redirect). An error it returns is turned into a status
// and a page in one place, Router.Fail. Each route declares a Gate, which tests
// walk.
//
// For every answer, errors, redirects and assets included, the Router
//
//   - sets the security headers, a strict content security policy first, and
//     no-store unless the handler says otherwise;
//   - refuses cross-origin writes (CSRF) by Fetch metadata, see guardOrigin;
//   - bounds the body, the time, and what a panic may do;
//   - gives the request an id, and writes one line to the journal;
//   - compresses texts with gzip. Assets come compressed, in brotli too, from
//     the build. Pages are not compressed with brotli: at the speed that pages
//     need it wins a tenth, for more memory than the rest of the request.
//
// Compressed pages and secrets: an attacker who can have a page reflect his
// text and measure its compressed size learns what stands near it (BREACH).
// Pages carry no secret to learn: there is no CSRF token, session and flash
// live in cookies, and no page may print a token beside text from a request.
//
// One-time notices (SetFlash, TakeFlash) travel in a cookie signed with a key
// derived from RUCHE_SECRET; sessions are opaque tokens whose meaning the
// account room knows; preferences (SetPref, Pref) are neither secret nor
// signed. The package owns no table, draws no page (the page of errors is given
// to it) and knows no product word.
package web
