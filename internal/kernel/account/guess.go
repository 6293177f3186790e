package account

import (
	"strings"
	"unicode"

	"github.com/ccojocar/zxcvbn-go"
)

// Guessable tells whether a password is one of those that are tried first: on the lists of
// common and leaked passwords, a row of keys, a date, a repeated word, words of the person
// or the house, alone, joined or disguised (NIST SP 800-63B, section 3.1.1.2). Nothing is
// sent anywhere: the lists are in the program.
func Guessable(password string, own ...string) bool {
	// What is searched grows with the square of the length, and no password is saved
	// from its beginning by its end.
	if letters := []rune(password); len(letters) > maxGuessed {
		password = string(letters[:maxGuessed])
	}
	words := frenchWords()
	for _, text := range own {
		words = append(words, strings.ToLower(text))
		words = append(words, strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })...)
	}
	return zxcvbn.PasswordStrength(password, words).Score < leastScore
}

const (
	maxGuessed = 64
	// leastScore is that of zxcvbn: below 2 some ten thousand guesses a second find it
	// within hours.
	leastScore = 2
)

// frenchWords are those that French passwords are made of; the lists of the library are
// English.
func frenchWords() []string {
	return strings.Fields(`motdepasse motdepass passe azerty azertyuiop qsdfghjklm wxcvbn bonjour bonsoir bienvenue coucou
		salut soleil etoile lune doudou loulou chouchou chocolat cheval chien chat papillon licorne jetaime monamour amour
		famille maman papa vacances football marseille paris lyon toulouse bordeaux nantes lille france francais
		republique liberte egalite fraternite marianne ministere prefecture mairie departement direction service bureau
		accueil agent administrateur utilisateur compte secret ruche abeille miel printemps automne hiver janvier fevrier
		mars avril mai juin juillet aout septembre octobre novembre lundi mardi mercredi jeudi vendredi samedi dimanche`)
}
