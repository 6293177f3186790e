package account

import (
	"strings"
	"testing"
	"time"
)

func TestPasswordsThatAreTriedFirst(t *testing.T) {
	t.Parallel()
	own := []string{"camille.martin@exemple.fr", "Camille Martin"}
	for _, password := range []string{
		"password1234", "Password1234!", "123456789012", "azertyuiop12", "AzertyUiop123!", "motdepasse123", "MotDePasse2026!", "qwertyuiop[]",
		"aaaaaaaaaaaa", "abcdefghijkl", "camille.martin1", "Camille2026!!", "bonjourbonjour", "p@ssw0rdp@ssw0rd", "letmein letmein",
		"camille.martin@exemple.fr", "MARTIN-camille", "azertyazertyazerty",
	} {
		if !Guessable(password, own...) {
			t.Errorf("%q is taken", password)
		}
		if err := CheckPassword("password", password, own...); err == nil {
			t.Errorf("%q is kept", password)
		}
	}
	for _, password := range []string{"cheval correct agrafe", "une phrase de passe", "trois mots simples", "xK9#mQ2$vL7p", "des mots à moi, en vrac", "correct horse battery"} {
		if Guessable(password, own...) {
			t.Errorf("%q is refused", password)
		}
	}
}

// A password as long as it may be costs no more than a moment.
func TestALongPasswordIsWeighedSoon(t *testing.T) {
	t.Parallel()
	began := time.Now()
	Guessable(strings.Repeat("aZ3 é", MaxPassword/5), "camille.martin@exemple.fr")
	if took := time.Since(began); took > time.Second {
		t.Errorf("it took %s", took)
	}
}
