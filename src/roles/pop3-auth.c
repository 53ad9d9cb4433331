/* SPDX-License-Identifier: MIT */
/* pop3-auth.c: AUTH: RFC 5034. The exchange itself is mail-auth.c's. */
#include "roles/pop3-private.h"
#include <string.h>

/* One step: for the command itself (its initial response) and for each line after it. */
static void
step (GpoPop3 *pop3, const char *line)
{
  g_autofree char *text = NULL;
  GpoPerson *person;
  switch (gpo_mail_sasl_step (&pop3->mail, line, &person, &text))
    {
    case GPO_SASL_MORE:
      gpo_pop3_answerf (pop3, pop3->input, GPO_MORE, "+ %s", text);
      break;
    case GPO_SASL_DONE:
      gpo_pop3_enter (pop3, person);
      break;
    case GPO_SASL_FAILED:
      gpo_pop3_answer (pop3, pop3->input, GPO_REFUSED, NULL);
      break;
    case GPO_SASL_CANCELLED:
    case GPO_SASL_SYNTAX:
      gpo_pop3_answerf (pop3, pop3->input, GPO_SYNTAX, "-ERR %s", text);
      break;
    }
}

void
gpo_pop3_auth (GpoPop3 *pop3, GpoPop3Command *command)
{
  const char *space = command->length ? memchr (command->argument, ' ', command->length) : NULL;
  g_autofree char *name = g_strndup (command->argument ? command->argument : "",
                                     space ? (gsize) (space - command->argument) : command->length);
  g_autofree char *initial
      = space ? g_strndup (space + 1, command->length - (gsize) (space + 1 - command->argument)) : NULL;
  if (gpo_mail_needs_tls (&pop3->mail))
    gpo_pop3_answer (pop3, GPO_POP3_IN_AUTH, GPO_NEEDS_TLS, NULL);
  else if (!*name)
    {
      /* Older than RFC 5034: AUTH alone lists the mechanisms. */
      gpo_pop3_answer (pop3, GPO_POP3_IN_AUTH, GPO_EMPTY, NULL);
      for (const char *const *m = gpo_sasl_mechanisms (); *m; m++)
        if (gpo_mail_offers_mechanism (&pop3->mail, *m))
          gpo_pop3_line (pop3, "%s", *m);
      gpo_pop3_line (pop3, ".");
    }
  else if (!gpo_mail_sasl_begin (&pop3->mail, name))
    gpo_pop3_answer (pop3, GPO_POP3_IN_AUTH, GPO_UNSUPPORTED, NULL);
  else
    step (pop3, initial);
}

void
gpo_pop3_auth_response (GpoPop3 *pop3, const char *line)
{
  pop3->input = GPO_POP3_IN_RESPONSE;
  step (pop3, line);
}
