// Package service is the registry: what a feature brings is one Feature value,
// and the composition root gathers them. A feature that is not in the list does
// not exist: no route, no tab, no table, no demo data.
//
// It owns no table.
package service
