/* SPDX-License-Identifier: MIT */
/* imap-login.c: LOGIN: RFC 3501 §6.2.3, and what follows every login. Arrow 4 of the states. */
#include "roles/imap-private.h"

/* The person is known: their mailboxes are opened, and the reply says what is offered now. */
void
gpo_imap_welcome (GpoImap *imap, GpoPerson *person, const char *verb)
{
  g_autoptr (GError) error = NULL;
  imap->mailboxes = gpo_counter_mailboxes (imap->mail.counter, person, &error);
  if (!imap->mailboxes)
    {
      gpo_imap_answerf (imap, GPO_REFUSED, "NO [UNAVAILABLE] %s", error->message);
      return;
    }
  imap->person = person;
  g_autoptr (GString) text = g_string_new ("OK [");
  gpo_imap_capability_append (imap, text);
  g_string_append_printf (text, "] %s completed, welcome %s", verb, person->login);
  gpo_imap_answer (imap, GPO_OK, text->str);
}

void
gpo_imap_login (GpoImap *imap)
{
  GpoImapParser *p = &imap->parser;
  g_autofree char *name = NULL, *password = NULL;
  if (!gpo_imap_space (p) || !gpo_imap_astring (p, &name, "a user name") || !gpo_imap_space (p)
      || !gpo_imap_astring (p, &password, "a password") || !gpo_imap_at_end (p))
    {
      gpo_imap_bad (imap);
      return;
    }
  if (gpo_mail_needs_tls (&imap->mail))
    {
      gpo_imap_answer (imap, GPO_NEEDS_TLS, NULL);
      return;
    }
  GpoPerson *person = gpo_mail_check_password (&imap->mail, "LOGIN", name, password);
  if (person)
    gpo_imap_welcome (imap, person, "LOGIN");
  else
    gpo_imap_answer (imap, GPO_REFUSED, NULL);
}
