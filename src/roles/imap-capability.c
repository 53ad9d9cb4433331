/* SPDX-License-Identifier: MIT */
/* imap-capability.c: CAPABILITY, ID, ENABLE, NAMESPACE: what the server can do, and with whom it speaks.
 *
 * RFC 3501 §6.1.1, RFC 2971, RFC 5161, RFC 2342. */
#include "roles/imap-private.h"

/* What is offered in every state: the list that a reader of this server wants first. */
static const char always[] = "IMAP4rev1 SASL-IR ID ENABLE";
/* What makes sense only once somebody is logged in. Beside each its RFC. */
static const char *const inside[] = {
  "IDLE",          /* RFC 2177 */
  "NAMESPACE",     /* RFC 2342 */
  "UNSELECT",      /* RFC 3691 */
  "UIDPLUS",       /* RFC 4315 */
  "MOVE",          /* RFC 6851 */
  "CHILDREN",      /* RFC 3348 */
  "SPECIAL-USE",   /* RFC 6154 */
  "CREATE-SPECIAL-USE", /* RFC 6154 §3 */
  "LIST-EXTENDED", /* RFC 5258 */
  "LIST-STATUS",   /* RFC 5819 */
  "STATUS=SIZE",   /* RFC 8438 */
  "ESEARCH",       /* RFC 4731 */
  "CONDSTORE",     /* RFC 7162 */
  "WITHIN",        /* RFC 5032 */
};

static gboolean
offers_mechanism (GpoImap *imap, const char *mechanism)
{
  char **list = imap->counter->host->mechanisms;
  return !list || g_strv_contains ((const char *const *) list, mechanism);
}

static void
append_login (GpoImap *imap, GString *out)
{
  gboolean closed = imap->counter->host->tls == GPO_TLS_REQUIRED && !imap->session.tls;
  if (imap->offers_tls && !imap->session.tls)
    g_string_append (out, " STARTTLS");
  if (closed)
    g_string_append (out, " LOGINDISABLED");
  for (const char *const *m = gpo_sasl_mechanisms (); *m && !closed; m++)
    if (offers_mechanism (imap, *m))
      g_string_append_printf (out, " AUTH=%s", *m);
}

/* Before login a literal that does not wait is small (LITERAL-), afterwards any (LITERAL+): RFC 7888 §5. */
void
gpo_imap_capability_append (GpoImap *imap, GString *out)
{
  g_string_append_printf (out, "CAPABILITY %s %s", always, imap->person ? "LITERAL+" : "LITERAL-");
  for (guint i = 0; i < G_N_ELEMENTS (inside); i++)
    g_string_append_printf (out, " %s", inside[i]);
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

/* id = "ID" SP ("(" [string SP nstring *(SP string SP nstring)] ")" / nil) */
static gboolean
id_params (GpoImapParser *p)
{
  if (gpo_imap_word (p, "NIL"))
    return TRUE;
  if (!gpo_imap_must (p, '(', "NIL or a list of names and values"))
    return FALSE;
  for (guint n = 0; !gpo_imap_skip (p, ')'); n++)
    {
      g_autofree char *name = NULL, *value = NULL;
      if (n == 30)
        return gpo_imap_fail (p, "at most 30 names");
      if (n > 0 && !gpo_imap_space (p))
        return FALSE;
      if (!gpo_imap_string (p, &name, "a name in quotes") || !gpo_imap_space (p)
          || !gpo_imap_nstring (p, &value, "a value in quotes, or NIL"))
        return FALSE;
    }
  return TRUE;
}

void
gpo_imap_id (GpoImap *imap)
{
  if (!gpo_imap_space (&imap->parser) || !id_params (&imap->parser) || !gpo_imap_at_end (&imap->parser))
    {
      gpo_imap_bad (imap);
      return;
    }
  gpo_imap_untagged (imap, "ID (\"name\" \"glasspost\" \"version\" \"%s\")", GPO_VERSION);
  gpo_imap_answer (imap, GPO_OK, NULL);
}

/* Unknown capabilities are passed over: RFC 5161 §3.1. */
void
gpo_imap_enable (GpoImap *imap)
{
  gboolean condstore = FALSE;
  const char *word;
  gsize length;
  do
    {
      if (!gpo_imap_space (&imap->parser) || !gpo_imap_atom (&imap->parser, &word, &length, "a capability"))
        {
          gpo_imap_bad (imap);
          return;
        }
      condstore |= length == 9 && g_ascii_strncasecmp (word, "CONDSTORE", 9) == 0;
    }
  while (imap->parser.at < imap->parser.length);
  gpo_imap_untagged (imap, condstore && !imap->condstore ? "ENABLED CONDSTORE" : "ENABLED");
  imap->condstore |= condstore;
  gpo_imap_answer (imap, GPO_OK, NULL);
}

void
gpo_imap_namespace (GpoImap *imap)
{
  if (!gpo_imap_no_more (imap))
    return;
  gpo_imap_untagged (imap, "NAMESPACE ((\"\" \"%c\")) NIL NIL", GPO_MAILBOX_DELIMITER);
  gpo_imap_answer (imap, GPO_OK, NULL);
}
