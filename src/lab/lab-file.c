/* SPDX-License-Identifier: MIT */
/* lab-file.c: checks.ini becomes a GpoLab.
 *
 *     groups     each group is of a known kind and has only known keys
 *     items      [check NAME], [question NAME] and [mistake NAME] in the order of the file
 *     relations  names become items; nothing waits for itself in a circle
 *
 * docs/writing-a-lab.md describes every key. */
#include "lab/lab-read.h"
#include "protocol/machine.h"
#include <string.h>
#include "wire/nearest.h"

#define MAX_ITEMS 200

G_DEFINE_QUARK (gpo - lab - error - quark, gpo_lab_error)

static const char *const lab_keys[] = { "title", "minutes", "version", "needs", NULL };
#define FACT_KEYS "after", "with", "until", "same", "differs", "at-least", "each"
static const char *const check_keys[]
    = { "step", "says", "see", "never", "state", "mailbox", "count", FACT_KEYS, "hint", "hint-*", NULL };
static const char *const question_keys[] = { "step",  "ask",     "see",  "field",  "answer",  "choices",
                                             "right", "wrong.*", "hint", "hint-*", FACT_KEYS, NULL };
static const char *const mistake_keys[]
    = { "when", "says", "check", "state", "mailbox", "count", FACT_KEYS, NULL };

static const struct
{
  const char *word;
  const char *const *keys;
} kinds[] = { [GPO_LAB_CHECK] = { "check", check_keys },
              [GPO_LAB_QUESTION] = { "question", question_keys },
              [GPO_LAB_MISTAKE] = { "mistake", mistake_keys } };

/* --- the fact an item asks for --- */

/* `state=smtp-server:rcpt` is the edge that leads there. */
static gboolean
add_state (GpoLabKeys *keys, const char *group, GString *filter)
{
  g_autofree char *value = gpo_lab_keys_text (keys, group, "state");
  if (!value)
    return TRUE;
  char *colon = strchr (value, ':');
  if (!colon)
    return gpo_lab_keys_wrong (keys, group, "state",
                               "\"%s\" will not do: write MACHINE:STATE, as smtp-server:rcpt", value);
  *colon = 0;
  const GpoMachine *machine = gpo_machine_named (value);
  if (!machine)
    return gpo_lab_keys_wrong (keys, group, "state",
                               "there is no machine \"%s\"; glasspost machine lists them", value);
  if (gpo_machine_state (machine, colon + 1) < 0)
    return gpo_lab_keys_wrong (keys, group, "state",
                               "%s has no state \"%s\"; glasspost machine %s shows them", value, colon + 1,
                               value);
  g_string_append_printf (filter, "edge and machine = %s and to = %s", value, colon + 1);
  return TRUE;
}

/* `mailbox=bob/INBOX` is a letter put into it. */
static gboolean
add_mailbox (GpoLabKeys *keys, const char *group, GString *filter)
{
  g_autofree char *value = gpo_lab_keys_text (keys, group, "mailbox");
  if (!value)
    return TRUE;
  if (strpbrk (value, "\"\\") || !strchr (value, '/'))
    return gpo_lab_keys_wrong (keys, group, "mailbox",
                               "\"%s\" will not do: write PERSON/MAILBOX, as bob/INBOX", value);
  g_string_append_printf (filter, "%skind = mailbox and action = deliver and mailbox = \"%s\"",
                          filter->len ? " and " : "", value);
  return TRUE;
}

static gboolean
read_filter (GpoLabKeys *keys, const char *group, const char *key, GpoLabItem *item)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *value = gpo_lab_keys_text (keys, group, key);
  if (!add_state (keys, group, text) || !add_mailbox (keys, group, text))
    return FALSE;
  if (!value && text->len == 0)
    return TRUE;
  if (value && !*value)
    return gpo_lab_keys_wrong (keys, group, key,
                               "is empty; write a filter, for example: %s=edge and verb = RCPT", key);
  if (value)
    {
      g_autoptr (GpoFilter) alone = gpo_filter_parse (value, NULL, &error);
      if (!alone)
        return gpo_lab_keys_wrong (keys, group, key, "%s", error->message);
      g_string_append_printf (text, text->len ? " and (%s)" : "%s", value);
    }
  item->fact.see = gpo_filter_parse (text->str, NULL, &error);
  return item->fact.see || gpo_lab_keys_wrong (keys, group, key, "%s", error->message);
}

static gboolean
read_names (GpoLabKeys *keys, const char *group, const char *key, GPtrArray **out)
{
  g_auto (GStrv) words = gpo_lab_keys_list (keys, group, key);
  for (char **word = words; word && *word; word++)
    {
      g_autoptr (GError) error = NULL;
      GpoFilterName *name = gpo_filter_name_parse (*word, &error);
      if (!name)
        return gpo_lab_keys_wrong (keys, group, key, "%s", error->message);
      if (!*out)
        *out = g_ptr_array_new_with_free_func ((GDestroyNotify) gpo_filter_name_free);
      g_ptr_array_add (*out, name);
    }
  return TRUE;
}

static gboolean
read_same (GpoLabKeys *keys, const char *group, GpoLabFact *fact)
{
  g_autofree char *same = gpo_lab_keys_text (keys, group, "same");
  fact->anywhere = same && strcmp (same, "trace") == 0;
  return (fact->anywhere || read_names (keys, group, "same", &fact->same))
         && read_names (keys, group, "differs", &fact->differs);
}

static gboolean
read_fact (GpoLabKeys *keys, const char *group, GpoLabItem *item)
{
  GpoLabFact *fact = &item->fact;
  guint exactly = G_MAXUINT;
  const char *key = item->type == GPO_LAB_MISTAKE ? "when" : "see";
  g_autoptr (GPtrArray) each = NULL;
  fact->after = fact->with = fact->until = fact->exactly = -1;
  fact->at_least = 1;
  if (item->type == GPO_LAB_CHECK && g_key_file_has_key (keys->file, group, "never", NULL))
    {
      if (g_key_file_has_key (keys->file, group, "see", NULL))
        return gpo_lab_keys_wrong (keys, group, "never", "see= is there too; make two checks of it");
      fact->never = TRUE;
      fact->exactly = 0;
      key = "never";
    }
  if (!read_filter (keys, group, key, item) || !read_same (keys, group, fact)
      || !gpo_lab_keys_number (keys, group, "at-least", 1, 1000, &fact->at_least)
      || !gpo_lab_keys_number (keys, group, "count", 0, 1000, &exactly)
      || !read_names (keys, group, "each", &each))
    return FALSE;
  if (exactly != G_MAXUINT && fact->never)
    return gpo_lab_keys_wrong (keys, group, "count", "never= counts to 0 already; write see= with count=");
  if (exactly != G_MAXUINT)
    fact->exactly = (int) exactly;
  if (each && each->len == 1)
    fact->each = g_ptr_array_steal_index (each, 0);
  else if (each)
    return gpo_lab_keys_wrong (keys, group, "each", "takes one field, for example: each=session");
  return TRUE;
}

/* --- the words around it --- */

static gboolean
read_hints (GpoLabKeys *keys, const char *group, GpoLabItem *item)
{
  g_autoptr (GStrvBuilder) hints = g_strv_builder_new ();
  guint found = 0, there = 0;
  g_auto (GStrv) names = g_key_file_get_keys (keys->file, group, NULL, NULL);
  for (char **name = names; *name; name++)
    there += g_str_has_prefix (*name, "hint") && !strchr (*name, '[');
  for (guint i = 1; i <= 9; i++)
    {
      g_autofree char *key = i == 1 ? g_strdup ("hint") : g_strdup_printf ("hint-%u", i);
      g_autofree char *text = gpo_lab_keys_text (keys, group, key);
      if (!text)
        break;
      g_strv_builder_add (hints, text);
      found++;
    }
  item->hints = g_strv_builder_end (hints);
  if (found != there)
    return gpo_lab_keys_wrong (keys, group, NULL,
                               "hints are hint, hint-2, hint-3 … hint-9, with none left out");
  return TRUE;
}

static gboolean
read_wrongs (GpoLabKeys *keys, const char *group, GpoLabItem *item)
{
  g_autoptr (GStrvBuilder) wrong = g_strv_builder_new ();
  g_auto (GStrv) names = g_key_file_get_keys (keys->file, group, NULL, NULL);
  for (char **name = names; *name; name++)
    if (g_str_has_prefix (*name, "wrong.") && !strchr (*name, '['))
      {
        g_autofree char *text = gpo_lab_keys_text (keys, group, *name);
        if (item->choices && !g_strv_contains ((const char *const *) item->choices, *name + 6))
          return gpo_lab_keys_wrong (keys, group, *name, "\"%s\" is not among the choices", *name + 6);
        g_strv_builder_add (wrong, *name + 6);
        g_strv_builder_add (wrong, text);
      }
  item->wrong = g_strv_builder_end (wrong);
  return TRUE;
}

static gboolean
read_question (GpoLabKeys *keys, const char *group, GpoLabItem *item)
{
  g_autofree char *field = gpo_lab_keys_text (keys, group, "field");
  g_autoptr (GError) error = NULL;
  item->ask = gpo_lab_keys_needs (keys, group, "ask", "Which of the two did the gateway read?");
  item->right = gpo_lab_keys_text (keys, group, "right");
  item->choices = gpo_lab_keys_list (keys, group, "choices");
  item->shown = gpo_lab_keys_list_shown (keys, group, "choices");
  if (item->shown && g_strv_length (item->shown) != g_strv_length (item->choices))
    g_clear_pointer (&item->shown, g_strfreev); /* lint says it */
  item->answers = gpo_lab_keys_list (keys, group, "answer");
  if (!item->ask)
    return FALSE;
  if (field && !(item->field = gpo_filter_name_parse (field, &error)))
    return gpo_lab_keys_wrong (keys, group, "field", "%s", error->message);
  if (!field != !item->fact.see)
    return gpo_lab_keys_wrong (keys, group, NULL,
                               "see= finds the event and field= says which of its fields is the "
                               "answer: both are needed, or neither");
  if ((!item->answers || !*item->answers) && !field)
    return gpo_lab_keys_wrong (keys, group, NULL, "needs the key answer, for example: answer=envelope");
  for (char **answer = item->answers; item->choices && answer && *answer; answer++)
    if (!g_strv_contains ((const char *const *) item->choices, *answer))
      return gpo_lab_keys_wrong (keys, group, "answer", "\"%s\" is not among the choices", *answer);
  item->says = g_strdup (item->ask);
  return read_wrongs (keys, group, item);
}

static gboolean
read_item (GpoLabKeys *keys, const char *group, GpoLab *lab, GpoLabItem *item)
{
  if (!gpo_lab_keys_known (keys, group, kinds[item->type].keys) || !read_fact (keys, group, item)
      || !read_hints (keys, group, item))
    return FALSE;
  if (item->type == GPO_LAB_QUESTION && !read_question (keys, group, item))
    return FALSE;
  if (item->type != GPO_LAB_QUESTION && !item->fact.see)
    return gpo_lab_keys_wrong (keys, group, NULL, "needs the key %s, a filter over the trace",
                               item->type == GPO_LAB_MISTAKE ? "when" : "see");
  if (!item->says
      && !(item->says = gpo_lab_keys_needs (keys, group, "says", "Carol is named on the envelope")))
    return FALSE;
  if (item->type == GPO_LAB_MISTAKE)
    return TRUE;
  if (!gpo_lab_keys_number (keys, group, "step", 1, MAX (lab->steps->len, 1), &item->step))
    return FALSE;
  return item->step
         || gpo_lab_keys_wrong (keys, group, NULL,
                                "needs the key step, 1 to %u: the ## section it belongs to", lab->steps->len);
}

/* --- relations --- */

static gboolean
resolve (GpoLabKeys *keys, GpoLab *lab, const char *group, const char *key, int *out)
{
  g_autofree char *name = gpo_lab_keys_text (keys, group, key);
  if (!name)
    return TRUE;
  *out = gpo_lab_item_named (lab, name);
  if (*out >= 0 && gpo_lab_item (lab, (guint) *out)->type != GPO_LAB_MISTAKE)
    return TRUE;
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  for (guint i = 0; i < lab->items->len; i++)
    if (gpo_lab_item (lab, i)->type != GPO_LAB_MISTAKE)
      g_ptr_array_add (names, gpo_lab_item (lab, i)->name);
  g_ptr_array_add (names, NULL);
  const char *meant = gpo_nearest_word (name, (const char *const *) names->pdata);
  return gpo_lab_keys_wrong (keys, group, key, "there is no check \"%s\"%s%s%s", name,
                             meant ? "; did you mean \"" : "", meant ? meant : "", meant ? "\"?" : "");
}

/* A check may build on one that is found, not on one that is absent or a question without a fact. */
static gboolean
can_lead (GpoLabKeys *keys, GpoLab *lab, const char *group, const char *key, int other)
{
  if (other < 0)
    return TRUE;
  const GpoLabItem *item = gpo_lab_item (lab, (guint) other);
  if (item->fact.exactly < 0 && item->fact.see)
    return TRUE;
  return gpo_lab_keys_wrong (keys, group, key,
                             "\"%s\" has no event to build on; name a check with see=", item->name);
}

static gboolean
relate (GpoLabKeys *keys, GpoLab *lab, GpoLabItem *item)
{
  g_autofree char *group = g_strdup_printf ("%s %s", kinds[item->type].word, item->name);
  GpoLabFact *fact = &item->fact;
  if (!resolve (keys, lab, group, "after", &fact->after) || !resolve (keys, lab, group, "with", &fact->with)
      || !resolve (keys, lab, group, "until", &fact->until)
      || (item->type == GPO_LAB_MISTAKE && !resolve (keys, lab, group, "check", &item->explains))
      || !can_lead (keys, lab, group, "after", fact->after)
      || !can_lead (keys, lab, group, "with", fact->with)
      || !can_lead (keys, lab, group, "until", fact->until))
    return FALSE;
  if (fact->after >= 0 && fact->with >= 0)
    return gpo_lab_keys_wrong (keys, group, "with", "after= is there too; one of them is enough");
  if (fact->until >= 0 && fact->after < 0)
    return gpo_lab_keys_wrong (keys, group, "until", "goes with after=: from there until here");
  if (fact->exactly >= 0 && fact->after < 0 && fact->with < 0)
    return gpo_lab_keys_wrong (
        keys, group, NULL, "in an empty trace this would be true; say after= or with= which check it counts");
  return TRUE;
}

/* Whether the way from item `i` by after=, with= and until= comes back to `home`. Each item is visited once.
 */
static gboolean
leads_to (GpoLab *lab, guint i, guint home, gboolean *visited)
{
  const GpoLabFact *fact = &gpo_lab_item (lab, i)->fact;
  const int next[] = { fact->after, fact->with, fact->until };
  for (guint k = 0; k < G_N_ELEMENTS (next); k++)
    {
      if (next[k] < 0 || visited[next[k]])
        continue;
      visited[next[k]] = TRUE;
      if (next[k] == (int) home || leads_to (lab, (guint) next[k], home, visited))
        return TRUE;
    }
  return FALSE;
}

static gboolean
circle_free (GpoLabKeys *keys, GpoLab *lab, guint i)
{
  g_autofree gboolean *visited = g_new0 (gboolean, lab->items->len);
  if (!leads_to (lab, i, i, visited))
    return TRUE;
  const GpoLabItem *item = gpo_lab_item (lab, i);
  g_autofree char *group = g_strdup_printf ("%s %s", kinds[item->type].word, item->name);
  return gpo_lab_keys_wrong (keys, group, NULL, "waits for itself; follow after=, with= and until= around");
}

/* --- all together --- */

static gboolean
read_head (GpoLabKeys *keys, GpoLab *lab)
{
  if (!g_key_file_has_group (keys->file, "lab"))
    return gpo_lab_keys_wrong (keys, NULL, NULL, "there is no [lab]; begin with [lab], title=, minutes=");
  lab->version = 1;
  lab->minutes = 0;
  if (!gpo_lab_keys_known (keys, "lab", lab_keys)
      || !gpo_lab_keys_number (keys, "lab", "version", 1, 9999, &lab->version)
      || !gpo_lab_keys_number (keys, "lab", "minutes", 1, 600, &lab->minutes))
    return FALSE;
  lab->title = gpo_lab_keys_needs (keys, "lab", "title", "The first letter");
  lab->heading = g_key_file_get_value (keys->file, "lab", "title", NULL);
  if (!lab->heading)
    lab->heading = g_strdup (lab->title ? lab->title : "");
  g_strstrip (lab->heading);
  lab->needs = gpo_lab_keys_list (keys, "lab", "needs");
  if (!lab->needs)
    lab->needs = g_new0 (char *, 1);
  return lab->title
         && (lab->minutes
             || gpo_lab_keys_wrong (keys, "lab", NULL, "needs the key minutes, for example: minutes=15"));
}

static gboolean
read_group (GpoLabKeys *keys, GpoLab *lab, const char *group)
{
  gsize n = strcspn (group, " ");
  if (strcmp (group, "lab") == 0)
    return TRUE;
  for (guint type = 0; type < G_N_ELEMENTS (kinds); type++)
    {
      if (strncmp (group, kinds[type].word, n) != 0 || kinds[type].word[n])
        continue;
      const char *name = group[n] ? group + n + 1 : "";
      if (!*name || strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen (name)
          || strlen (name) > 60)
        return gpo_lab_keys_wrong (keys, group, NULL,
                                   "needs a name of small letters, digits and hyphens: [%s NAME]",
                                   kinds[type].word);
      if (gpo_lab_item_named (lab, name) >= 0)
        return gpo_lab_keys_wrong (keys, group, NULL,
                                   "another item is called %s already; give each its own name", name);
      if (lab->items->len >= MAX_ITEMS)
        return gpo_lab_keys_wrong (keys, group, NULL,
                                   "more than %d checks, questions and mistakes; make two labs", MAX_ITEMS);
      GpoLabItem *item = g_new0 (GpoLabItem, 1);
      item->type = (GpoLabItemType) type;
      item->name = g_strdup (name);
      item->line = gpo_lab_keys_line (keys, group, NULL);
      item->explains = -1;
      g_ptr_array_add (lab->items, item);
      return read_item (keys, group, lab, item);
    }
  return gpo_lab_keys_wrong (keys, group, NULL,
                             "there is no group of this kind; there are [lab], [check NAME], "
                             "[question NAME] and [mistake NAME]");
}

gboolean
gpo_lab_read_checks (GpoLab *lab, const char *name, const char *text, gsize length, GError **error)
{
  GpoLabKeys keys;
  gboolean ok = gpo_lab_keys_read (&keys, name, text, length) && read_head (&keys, lab);
  g_auto (GStrv) groups = g_key_file_get_groups (keys.file, NULL);
  for (char **group = groups; ok && *group; group++)
    ok = read_group (&keys, lab, *group);
  for (guint i = 0; ok && i < lab->items->len; i++)
    ok = relate (&keys, lab, lab->items->pdata[i]);
  for (guint i = 0; ok && i < lab->items->len; i++)
    ok = circle_free (&keys, lab, i);
  if (ok && gpo_lab_n_to_pass (lab) == 0)
    ok = gpo_lab_keys_wrong (&keys, "lab", NULL, "has nothing to check; add a [check NAME]");
  if (!ok)
    g_propagate_error (error, g_steal_pointer (&keys.error));
  gpo_lab_keys_clear (&keys);
  return ok;
}
