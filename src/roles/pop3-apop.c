/* SPDX-License-Identifier: MIT */
/* pop3-apop.c: APOP: RFC 1939 §7. The password never goes over the wire; the stamp of the greeting makes each
 * digest another. */
#include "roles/pop3-private.h"
#include <string.h>

/* digest = MD5 of the greeting's stamp and the password, in hexadecimal: RFC 1939 §7. */
void
gpo_pop3_apop (GpoPop3 *pop3, GpoPop3Command *command)
{
  const char *space = command->length ? memchr (command->argument, ' ', command->length) : NULL;
  if (gpo_mail_needs_tls (&pop3->mail))
    {
      gpo_pop3_answer (pop3, GPO_POP3_IN_APOP, GPO_NEEDS_TLS, NULL);
      return;
    }
  if (!space)
    {
      gpo_pop3_answer (pop3, GPO_POP3_IN_APOP, GPO_SYNTAX, "-ERR expected a name and a digest behind APOP");
      return;
    }
  g_autofree char *name = g_strndup (command->argument, (gsize) (space - command->argument));
  g_autofree char *digest = g_strndup (space + 1, command->length - (gsize) (space + 1 - command->argument));
  GpoPerson *person = gpo_host_person (pop3->mail.counter->host, name);
  g_autofree char *text = g_strconcat (pop3->stamp, person && person->password ? person->password : "", NULL);
  g_autofree char *right = g_compute_checksum_for_string (G_CHECKSUM_MD5, text, -1);
  gboolean good = person && person->password && g_ascii_strcasecmp (right, digest) == 0;
  gpo_mail_auth_event (&pop3->mail, "APOP", name, good ? "ok" : "failed",
                       good     ? NULL
                       : person ? "wrong digest"
                                : "no such person");
  if (good)
    gpo_pop3_enter (pop3, person);
  else
    gpo_pop3_answer (pop3, GPO_POP3_IN_APOP, GPO_REFUSED, NULL);
}
