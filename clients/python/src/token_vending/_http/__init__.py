"""One vend over HTTP: what is sent, how it is signed, what the answer means, when to try again."""
