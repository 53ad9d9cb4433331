/* SPDX-License-Identifier: MIT */
/* imap-mailboxes.c: CREATE, DELETE, RENAME, SUBSCRIBE, UNSUBSCRIBE: RFC 3501 §6.3.3 to §6.3.7, RFC 6154 §3. */
#include "roles/imap-private.h"
#include <string.h>

static void
done (const GError *error, gpointer data)
{
  GpoImap *imap = data;
  if (!gpo_imap_awake (imap))
    return;
  if (error)
    gpo_imap_no (imap, error, FALSE);
  else
    gpo_imap_answer (imap, GPO_OK, NULL);
  gpo_imap_settle (imap);
}

/* A name that cannot be a mailbox is refused before the store hears of it. */
static gboolean
name_is_good (GpoImap *imap, const char *name)
{
  const char *wrong = gpo_mailbox_name_wrong (name, strlen (name));
  if (wrong)
    gpo_imap_answerf (imap, GPO_REFUSED, "NO [CANNOT] %s", wrong);
  return wrong == NULL;
}

static gboolean
one_name (GpoImap *imap, char **name)
{
  return gpo_imap_space (&imap->parser) && gpo_imap_mailbox (&imap->parser, name);
}

/* [SP "(USE (" use-attr *(SP use-attr) "))"] */
static gboolean
create_params (GpoImapParser *p, GpoSpecialUse *use)
{
  static const char *const words[] = { NULL, "\\Archive", "\\Drafts", "\\Junk", "\\Sent", "\\Trash", "\\Flagged", "\\All" };
  if (!gpo_imap_skip (p, ' '))
    return TRUE;
  if (!gpo_imap_must (p, '(', "(USE (\\Sent))") || !gpo_imap_word (p, "USE") || !gpo_imap_space (p)
      || !gpo_imap_must (p, '(', "a list of special uses"))
    return gpo_imap_fail (p, "(USE (\\Sent))");
  for (guint i = 1; i < G_N_ELEMENTS (words) && !*use; i++)
    if (gpo_imap_word (p, words[i]))
      *use = (GpoSpecialUse) i;
  if (!*use)
    return gpo_imap_fail (p, "\\Archive, \\Drafts, \\Junk, \\Sent, \\Trash, \\Flagged or \\All");
  return gpo_imap_must (p, ')', "one special use and \")\"") && gpo_imap_must (p, ')', "\")\"");
}

void
gpo_imap_create (GpoImap *imap)
{
  g_autofree char *name = NULL;
  GpoSpecialUse use = GPO_USE_NONE;
  if (!one_name (imap, &name) || !create_params (&imap->parser, &use) || !gpo_imap_at_end (&imap->parser))
    {
      gpo_imap_bad (imap);
      return;
    }
  /* "a/" says that others will be under it, which any mailbox allows: RFC 3501 §6.3.3. */
  gsize n = strlen (name);
  if (n > 1 && name[n - 1] == GPO_MAILBOX_DELIMITER)
    name[n - 1] = '\0';
  if (!name_is_good (imap, name))
    return;
  gpo_imap_wait (imap);
  gpo_mailboxes_create (imap->mailboxes, name, use, done, imap);
}

void
gpo_imap_delete (GpoImap *imap)
{
  g_autofree char *name = NULL;
  if (!one_name (imap, &name) || !gpo_imap_at_end (&imap->parser))
    gpo_imap_bad (imap);
  else if (g_ascii_strcasecmp (name, "INBOX") == 0)
    gpo_imap_answer (imap, GPO_REFUSED, "NO [CANNOT] INBOX cannot be deleted");
  else if (name_is_good (imap, name))
    {
      gpo_imap_wait (imap);
      gpo_mailboxes_delete (imap->mailboxes, name, done, imap);
    }
}

void
gpo_imap_rename (GpoImap *imap)
{
  g_autofree char *from = NULL, *to = NULL;
  if (!one_name (imap, &from) || !one_name (imap, &to) || !gpo_imap_at_end (&imap->parser))
    gpo_imap_bad (imap);
  else if (name_is_good (imap, from) && name_is_good (imap, to))
    {
      gpo_imap_wait (imap);
      gpo_mailboxes_rename (imap->mailboxes, from, to, done, imap);
    }
}

void
gpo_imap_subscribe (GpoImap *imap)
{
  g_autofree char *name = NULL;
  if (!one_name (imap, &name) || !gpo_imap_at_end (&imap->parser))
    gpo_imap_bad (imap);
  else if (name_is_good (imap, name))
    {
      gpo_imap_wait (imap);
      gpo_mailboxes_subscribe (imap->mailboxes, name, imap->input == GPO_IMAP_IN_SUBSCRIBE, done, imap);
    }
}
