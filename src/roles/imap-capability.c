/* SPDX-License-Identifier: MIT */
/* imap-capability.c: CAPABILITY: RFC 3501 §6.1.1: what the server can do, and the map of its extensions. */
#include "roles/imap-private.h"

/* Each extension has a file of its own, named behind it; what it adds to a grammar is in the file of that
 * name below src/protocol. */
static const char *const extensions[] = {
  "SASL-IR",            /* RFC 4959  imap-sasl-ir.c */
  "ID",                 /* RFC 2971  imap-id.c */
  "ENABLE",             /* RFC 5161  imap-enable.c */
  "IDLE",               /* RFC 2177  imap-idle.c */
  "NAMESPACE",          /* RFC 2342  imap-namespace.c */
  "UNSELECT",           /* RFC 3691  imap-unselect.c */
  "UIDPLUS",            /* RFC 4315  imap-uidplus.c */
  "MOVE",               /* RFC 6851  imap-move.c */
  "CHILDREN",           /* RFC 3348  imap-children.c */
  "SPECIAL-USE",        /* RFC 6154  imap-special-use.c */
  "CREATE-SPECIAL-USE", /* RFC 6154 §3 */
  "LIST-EXTENDED",      /* RFC 5258  imap-list-extended.c */
  "LIST-STATUS",        /* RFC 5819  imap-list-status.c */
  "STATUS=SIZE",        /* RFC 8438  imap-status-size.c */
  "ESEARCH",            /* RFC 4731  imap-esearch.c */
  "CONDSTORE",          /* RFC 7162  imap-condstore.c */
  "WITHIN",             /* RFC 5032  imap-within.c */
};

static void
append_login (GpoImap *imap, GString *out)
{
  gboolean closed = gpo_mail_needs_tls (&imap->mail);
  if (imap->mail.offers_tls && !imap->mail.session.tls)
    g_string_append (out, " STARTTLS");
  if (closed)
    g_string_append (out, " LOGINDISABLED");
  for (const char *const *m = gpo_sasl_mechanisms (); *m && !closed; m++)
    if (gpo_mail_offers_mechanism (&imap->mail, *m))
      g_string_append_printf (out, " AUTH=%s", *m);
}

void
gpo_imap_capability_append (GpoImap *imap, GString *out)
{
  g_string_append_printf (out, "CAPABILITY IMAP4rev1 %s", gpo_imap_literal_capability (imap));
  for (guint i = 0; i < G_N_ELEMENTS (extensions); i++)
    g_string_append_printf (out, " %s", extensions[i]);
  if (!imap->person)
    append_login (imap, out);
}

void
gpo_imap_capability (GpoImap *imap)
{
  if (!gpo_imap_no_more (imap))
    return;
  GString *out = gpo_imap_begin (imap);
  g_string_append (out, "* ");
  gpo_imap_capability_append (imap, out);
  gpo_imap_end (imap);
  gpo_imap_answer (imap, GPO_OK, NULL);
}
