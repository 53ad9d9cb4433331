/* SPDX-License-Identifier: MIT */
/* pop3-user.c: USER and PASS: RFC 1939 §7. */
#include "roles/pop3-private.h"

void
gpo_pop3_user (GpoPop3 *pop3, GpoPop3Command *command)
{
  if (gpo_mail_needs_tls (&pop3->mail))
    {
      gpo_pop3_answer (pop3, GPO_POP3_IN_USER, GPO_NEEDS_TLS, NULL);
      return;
    }
  if (!command->length)
    {
      gpo_pop3_answer (pop3, GPO_POP3_IN_USER, GPO_SYNTAX, "-ERR expected a name behind USER");
      return;
    }
  g_free (pop3->name);
  pop3->name = g_strndup (command->argument, command->length);
  /* Whether there is such a person is told with PASS only. */
  gpo_pop3_answer (pop3, GPO_POP3_IN_USER, GPO_OK, NULL);
}

void
gpo_pop3_pass (GpoPop3 *pop3, GpoPop3Command *command)
{
  g_autofree char *password = g_strndup (command->argument ? command->argument : "", command->length);
  GpoPerson *person = gpo_mail_check_password (&pop3->mail, "PASS", pop3->name, password);
  if (person)
    gpo_pop3_enter (pop3, person);
  else
    gpo_pop3_answer (pop3, GPO_POP3_IN_PASS, GPO_REFUSED, NULL);
}
