// Package follow is who follows an item, who wants to hear no more of it, and when
// each last saw it; and when each was last here.
//
// It owns item_marks and visits. Following is no right: whoever is told of something is asked
// for the right to read at that moment, and what one follows and may read no more
// is not listed. Who saw an item, and when, is told to nobody but themself.
package follow
