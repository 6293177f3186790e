// Package kernel gathers what the rooms of the kernel bring together: one set of
// migrations, one catalogue, the declaration of their tables. The rooms
// themselves (account, space, access, content, remark…) are its sub-packages.
package kernel
