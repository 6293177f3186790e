package i18n

import (
	"strconv"
	"strings"
)

// Number writes a whole number with its thousands apart: "12 345" with a
// no-break space in French, "12,345" in English.
func (p *Printer) Number(n int) string { return p.group(strconv.Itoa(n)) }

// Bytes writes a size in decimal units (1 Ko is 1,000 bytes, as the systems of
// readers' files say), with one decimal below ten: "340 Ko", "2,1 Mo", "1 Go";
// "12 octets" below a thousand. A negative size is written as zero.
func (p *Printer) Bytes(n int64) string {
	if n < 1000 {
		return p.N("i18n.bytes", int(max(n, 0)))
	}
	units := [...]string{"kB", "MB", "GB", "TB", "PB", "EB"}
	if p.lang == French {
		units = [...]string{"Ko", "Mo", "Go", "To", "Po", "Eo"}
	}
	size, unit := float64(n)/1000, 0
	// 999.5 would be rounded to 1000 of the smaller unit.
	for size >= 999.5 && unit < len(units)-1 {
		size /= 1000
		unit++
	}
	return p.decimal(size) + nbsp + units[unit]
}

// List joins names as a sentence does: "Nadia", "Nadia et Camille", "Nadia,
// Camille et Amadou". An empty list gives an empty text.
func (p *Printer) List(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return p.T("i18n.list.and", "head", strings.Join(names[:last], ", "), "last", names[last])
}

// decimal writes one decimal below ten and none above, nor a useless ",0".
func (p *Printer) decimal(size float64) string {
	if size >= 9.95 {
		return p.group(strconv.FormatFloat(size, 'f', 0, 64))
	}
	text := strings.TrimSuffix(strconv.FormatFloat(size, 'f', 1, 64), ".0")
	if p.lang == French {
		text = strings.Replace(text, ".", ",", 1)
	}
	return text
}

// group sets the thousands of a written whole number apart.
func (p *Printer) group(digits string) string {
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "\u2212", digits[1:]
	}
	separator := nbsp
	if p.lang == English {
		separator = ","
	}
	var b strings.Builder
	b.WriteString(sign)
	for i, digit := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(separator)
		}
		b.WriteRune(digit)
	}
	return b.String()
}
