/* SPDX-License-Identifier: MIT */
/* mailbox-folder-name.c: mailboxes' names as folders of a Maildir.
 *
 *     mailbox   "INBOX"     the Maildir itself: ""
 *               "A/B.c"     its folder ".A.B&AC4-c": "." between levels, each level in modified UTF-7 */
#include "store/mailbox-names.h"
#include "protocol/utf7.h"
#include <string.h>

char *
gpo_mailbox_to_folder (const char *name)
{
  g_auto (GStrv) levels = g_strsplit (name, "/", -1);
  GString *folder = g_string_new (NULL);
  if (strcmp (name, "INBOX") == 0)
    return g_string_free (folder, FALSE);
  for (char **level = levels; *level; level++)
    {
      g_autofree char *encoded = gpo_utf7_encode (*level);
      g_auto (GStrv) parts = g_strsplit (encoded, ".", -1);
      g_autofree char *dotless = g_strjoinv ("&AC4-", parts);
      g_string_append_printf (folder, ".%s", dotless);
    }
  return g_string_free (folder, FALSE);
}

/* Other programs write plain UTF-8; such a level is taken as it is. */
static char *
decode_level (const char *level)
{
  g_auto (GStrv) parts = g_strsplit (level, "&AC4-", -1);
  g_autofree char *dotted = g_strjoinv (".", parts);
  char *name = gpo_utf7_decode (dotted, strlen (dotted));
  return name ? name : g_strdup (level);
}

char *
gpo_mailbox_from_folder (const char *folder)
{
  if (*folder == '\0')
    return g_strdup ("INBOX");
  if (folder[0] != '.' || folder[1] == '.' || folder[1] == '\0')
    return NULL;
  g_auto (GStrv) levels = g_strsplit (folder + 1, ".", -1);
  for (char **level = levels; *level; level++)
    {
      char *name = decode_level (*level);
      g_free (*level);
      *level = name;
    }
  char *name = g_strjoinv ("/", levels);
  if (gpo_mailbox_name_wrong (name, strlen (name)) || g_ascii_strcasecmp (name, "INBOX") == 0)
    g_clear_pointer (&name, g_free);
  return name;
}
