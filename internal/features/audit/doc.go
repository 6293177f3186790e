// Package audit is the page on which auditors read the audit log, and its table to
// keep. It owns no table: the log is package kernel/audit's. Each reading is an entry
// of the log itself.
package audit
