// Package ui holds the frame of every page and the components that pages are
// made of, as templ components over plain view models. It knows no feature: a
// feature fills a view model and places components inside Layout.
//
// Conventions:
//
//   - A component named like a thing (Badge, Callout) draws that thing; its view
//     model, when it takes more than a few words, is a struct beside it.
//   - Every text comes in finished, in the language of the reader; the words of
//     the components themselves are in catalogue/, under "ui.".
//   - With returns a context that knows the address of scripts, styles and icons
//     and the time of the request; web middleware calls it once.
//   - A form works as a plain form. Swap gives the attributes by which htmx
//     replaces one part of the page with the answer; see Swap for the contract.
//   - Styles live in web/src/css, one file a component, same name.
//
// The package owns no table. Package gallery shows every component in every
// state.
package ui
