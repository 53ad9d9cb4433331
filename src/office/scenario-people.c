/* SPDX-License-Identifier: MIT */
/* scenario-people.c: [person NAME] and [alias ADDRESS]: who gets letters at a host. */
#include "office/scenario-read.h"
#include "store/store.h"
#include <string.h>

/* --- [person NAME] --- */

/* Mailboxes become folders called ".A.B" for "A/B" (Maildir++), so a name may not hold what would
 * lead elsewhere, nor "." itself. */
static gboolean
mailbox_is_good (const char *name)
{
  if (!*name || name[0] == '/' || g_str_has_suffix (name, "/") || strstr (name, "//") || strlen (name) > 100)
    return FALSE;
  for (const char *p = name; *p; p++)
    if (!g_ascii_isalnum (*p) && !strchr (" -_/", *p))
      return FALSE;
  return g_ascii_strcasecmp (name, "INBOX") != 0;
}

gboolean
gpo_scenario_read_person (GpoScenarioReader *r, const char *group, const char *word)
{
  const char *sign = strchr (word, '@');
  g_autofree char *login = g_ascii_strdown (word, sign ? sign - word : -1);
  g_autofree char *at = sign ? g_strdup (sign + 1) : gpo_scenario_needs (r, group, "at", "sparta");
  g_autofree char *name = gpo_scenario_value (r, group, "name");
  g_autofree char *password = gpo_scenario_value (r, group, "password");
  g_autofree char *mailboxes = gpo_scenario_value (r, group, "mailboxes");
  GpoHost *host = at ? gpo_scenario_host (r, group, sign ? NULL : "at", at) : NULL;
  if (!host)
    return FALSE;
  if (!gpo_store_name_is_safe (login) || strlen (login) > 64
      || strspn (login, "abcdefghijklmnopqrstuvwxyz0123456789-_.+") != strlen (login))
    return gpo_scenario_wrong (r, group, NULL,
                               "a person's name is of at most 64 letters, digits and . - _ +");
  if (sign && g_key_file_has_key (r->keys, group, "at", NULL))
    return gpo_scenario_wrong (r, group, "at", "the group's name says %s already", sign);
  if (gpo_host_person (host, login))
    return gpo_scenario_wrong (r, group, NULL, "there is a %s at %s already", login, host->name);
  if (password && !*password)
    return gpo_scenario_wrong (r, group, "password", "is empty; leave the line out for the password %s",
                               GPO_TOY_PASSWORD);
  GpoPerson *person = gpo_host_add_person (host, login, name, password ? password : GPO_TOY_PASSWORD);
  person->mailboxes = mailboxes ? gpo_value_list (mailboxes) : NULL;
  for (char **box = person->mailboxes; box && *box; box++)
    if (!mailbox_is_good (*box))
      return gpo_scenario_wrong (r, group, "mailboxes",
                                 "\"%s\" will not do: letters, digits, blanks, - and _, with / "
                                 "between a mailbox and one inside it; INBOX is there by itself",
                                 *box);
  return TRUE;
}

/* --- [alias ADDRESS] --- */

gboolean
gpo_scenario_read_alias (GpoScenarioReader *r, const char *group, const char *word)
{
  const char *sign = strrchr (word, '@');
  g_autofree char *members = gpo_scenario_needs (r, group, "members", "bob; carol@sparta.example");
  if (!members)
    return FALSE;
  if (!sign || sign == word)
    return gpo_scenario_wrong (r, group, NULL, "needs an address: [alias %s@%s]", "friends",
                               "sparta.example");
  if (strcspn (word, " <>\"@\t") < (gsize) (sign - word))
    return gpo_scenario_wrong (r, group, NULL,
                               "\"%.*s\" will not do before the @: no blanks, quotes, < > or @",
                               (int) (sign - word), word);
  GpoHost *host = gpo_scenario_host (r, group, NULL, sign + 1);
  if (!host)
    return FALSE;
  g_auto (GStrv) list = gpo_value_list (members);
  for (char **member = list; *member; member++)
    {
      if (!strchr (*member, '@'))
        {
          g_autofree char *local = g_steal_pointer (member);
          *member = g_strconcat (local, "@", host->domain, NULL);
        }
      const char *at = strrchr (*member, '@');
      if (at == *member || !gpo_value_is_domain (at + 1) || strpbrk (*member, " <>\"\t\r\n"))
        return gpo_scenario_wrong (r, group, "members", "\"%s\" is no address", *member);
    }
  if (!list[0])
    return gpo_scenario_wrong (r, group, "members", "names nobody");
  g_autofree char *local = g_ascii_strdown (word, sign - word);
  if (gpo_host_person (host, local))
    return gpo_scenario_wrong (r, group, NULL, "%s is a person at %s", local, host->name);
  g_hash_table_replace (host->aliases, g_steal_pointer (&local), g_steal_pointer (&list));
  return TRUE;
}
