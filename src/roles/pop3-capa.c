/* SPDX-License-Identifier: MIT */
/* pop3-capa.c: CAPA: RFC 2449 §5. What makes no sense now is not offered: passwords before TLS where it is
 * asked for. */
#include "roles/pop3-private.h"

void
gpo_pop3_capa (GpoPop3 *pop3)
{
  gboolean outside = pop3->mail.session.state != GPO_POP3_TRANSACTION;
  gpo_pop3_answer (pop3, GPO_POP3_IN_CAPA, GPO_OK, NULL);
  static const char *const always[]
      = { "TOP", "UIDL", "RESP-CODES", "AUTH-RESP-CODE", "PIPELINING", "IMPLEMENTATION glasspost" };
  for (guint i = 0; i < G_N_ELEMENTS (always); i++)
    gpo_pop3_line (pop3, "%s", always[i]);
  if (outside && pop3->mail.offers_tls && !pop3->mail.session.tls)
    gpo_pop3_line (pop3, "STLS");
  if (!gpo_mail_needs_tls (&pop3->mail))
    {
      g_autoptr (GString) sasl = g_string_new ("SASL");
      for (const char *const *m = gpo_sasl_mechanisms (); *m; m++)
        if (gpo_mail_offers_mechanism (&pop3->mail, *m))
          g_string_append_printf (sasl, " %s", *m);
      gpo_pop3_line (pop3, "USER");
      gpo_pop3_line (pop3, "%s", sasl->str);
    }
  gpo_pop3_line (pop3, ".");
}
