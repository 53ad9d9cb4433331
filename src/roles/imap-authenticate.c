/* SPDX-License-Identifier: MIT */
/* imap-authenticate.c: AUTHENTICATE: RFC 3501 §6.2.2. The exchange itself is mail-auth.c's. Arrow 4 of the
 * states. */
#include "roles/imap-private.h"

/* One step: for the command itself (its initial response) and for each line after it. */
static void
step (GpoImap *imap, const char *line)
{
  g_autofree char *text = NULL, *challenge = NULL;
  GpoPerson *person;
  switch (gpo_mail_sasl_step (&imap->mail, line, &person, &text))
    {
    case GPO_SASL_MORE:
      challenge = g_strdup_printf ("+ %s", text);
      gpo_imap_step_edge (imap, imap->input, GPO_MORE, challenge);
      break;
    case GPO_SASL_DONE:
      gpo_imap_welcome (imap, person, "AUTHENTICATE");
      break;
    case GPO_SASL_FAILED:
      gpo_imap_answer (imap, GPO_REFUSED, NULL);
      break;
    case GPO_SASL_CANCELLED:
    case GPO_SASL_SYNTAX:
      gpo_imap_answerf (imap, GPO_SYNTAX, "BAD %s", text);
      break;
    }
}

void
gpo_imap_authenticate (GpoImap *imap)
{
  GpoImapParser *p = &imap->parser;
  const char *word;
  gsize length;
  g_autofree char *name = NULL, *initial = NULL;
  if (!gpo_imap_space (p) || !gpo_imap_atom (p, &word, &length, "a mechanism")
      || !gpo_imap_initial_response (p, &initial))
    {
      gpo_imap_bad (imap);
      return;
    }
  name = g_strndup (word, length);
  if (gpo_mail_needs_tls (&imap->mail))
    gpo_imap_answer (imap, GPO_NEEDS_TLS, NULL);
  else if (!gpo_mail_sasl_begin (&imap->mail, name))
    gpo_imap_answer (imap, GPO_UNSUPPORTED, NULL);
  else
    step (imap, initial);
}

void
gpo_imap_auth_response (GpoImap *imap, const char *line, gsize length)
{
  if (length != G_MAXSIZE)
    {
      step (imap, line);
      return;
    }
  g_clear_pointer (&imap->mail.sasl, gpo_sasl_free);
  gpo_imap_answer (imap, GPO_TOO_LONG, NULL);
}
