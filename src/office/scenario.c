/* SPDX-License-Identifier: MIT */
/* scenario.c: a scenario file becomes a world.
 *
 *     scan      each line is a comment, a [group] or key = value; where stands what
 *     words     every group and key is known and there once
 *     groups    each kind of group in turn (the table in scenario-groups.c)
 *     check     the world as a whole: ports, the outside (scenario-check.c)
 *
 * GKeyFile reads the values; it knows no line numbers and merges what is there twice, so the lines are
 * scanned first. */
#include "office/scenario.h"
#include "office/scenario-read.h"
#include <gio/gio.h>
#include <string.h>

G_DEFINE_QUARK (gpo - scenario - error - quark, gpo_scenario_error)

static const GpoScenarioWord words[] = {
  { "office", "title" },
  { "office", "speed" },
  { "office", "start" },
  { "office", "trace" },
  { "office", "outside" },
  { "office", "limit-command-line" },
  { "office", "limit-text-line" },
  { "office", "limit-recipients" },
  { "office", "limit-letter" },
  { "office", "limit-connections" },
  { "office", "limit-connections-per-peer" },
  { "office", "limit-errors" },
  { "office", "limit-hops" },
  { "office", "limit-command-timeout" },
  { "office", "limit-data-timeout" },
  { "office", "limit-imap-timeout" },
  { "office", "limit-pop3-timeout" },
  { "office", "limit-literal" },
  { "host", "domain" },
  { "host", "roles" },
  { "host", "address" },
  { "host", "port-base" },
  { "host", "port-smtp" },
  { "host", "port-submission" },
  { "host", "port-imap" },
  { "host", "port-imaps" },
  { "host", "port-pop3" },
  { "host", "tls" },
  { "host", "bare-lf" },
  { "host", "vrfy" },
  { "host", "mechanisms" },
  { "host", "greylist" },
  { "host", "blocklist" },
  { "host", "spam-words" },
  { "host", "imap-preauth" },
  { "host", "relay" },
  { "host", "relay-domains" },
  { "host", "smarthost" },
  { "host", "real-dns" },
  { "host", "extensions-off" },
  { "host", "down" },
  { "host", "limit-command-line" },
  { "host", "limit-text-line" },
  { "host", "limit-recipients" },
  { "host", "limit-letter" },
  { "host", "limit-connections" },
  { "host", "limit-connections-per-peer" },
  { "host", "limit-errors" },
  { "host", "limit-hops" },
  { "host", "limit-command-timeout" },
  { "host", "limit-data-timeout" },
  { "host", "limit-imap-timeout" },
  { "host", "limit-pop3-timeout" },
  { "host", "limit-literal" },
  { "person", "at" },
  { "person", "name" },
  { "person", "password" },
  { "person", "mailboxes" },
  { "alias", "members" },
  { "mx", "*" },
  { "route", "next-hop" },
  { "route", "at" },
  { "wall", "port" },
  { "wall", "to" },
  { "wall", "protocol" },
  { "retry", "intervals" },
  { "retry", "warn-after" },
  { "retry", "give-up" },
  { "fault", "when" },
  { "fault", "do" },
  { "fault", "times" },
  { "letter", "file" },
  { "letter", "mailbox" },
  { "letter", "flags" },
  { "letter", "queue" },
  { "letter", "from" },
  { "letter", "to" },
  { NULL, NULL },
};

const GpoScenarioWord *
gpo_scenario_words (void)
{
  return words;
}

/* --- what is wrong, and where --- */

static guint
line_of (GpoScenarioReader *reader, const char *group, const char *key)
{
  g_autofree char *place = key ? g_strconcat (group, "\n", key, NULL) : g_strdup (group);
  return GPOINTER_TO_UINT (g_hash_table_lookup (reader->lines, place));
}

gboolean
gpo_scenario_wrong (GpoScenarioReader *reader, const char *group, const char *key, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  guint line = line_of (reader, group, key);
  if (!line && key)
    line = line_of (reader, group, key = NULL);
  if (reader->error)
    return FALSE;
  if (key)
    g_set_error (&reader->error, GPO_SCENARIO_ERROR, GPO_SCENARIO_ERROR_WRONG, "%s:%u: %s in [%s]: %s",
                 reader->name, line, key, group, text);
  else
    g_set_error (&reader->error, GPO_SCENARIO_ERROR, GPO_SCENARIO_ERROR_WRONG, "%s:%u: [%s]: %s",
                 reader->name, line, group, text);
  return FALSE;
}

static gboolean
wrong_line (GpoScenarioReader *reader, guint line, const char *text)
{
  g_set_error (&reader->error, GPO_SCENARIO_ERROR, GPO_SCENARIO_ERROR_WRONG, "%s:%u: %s", reader->name, line,
               text);
  return FALSE;
}

/* --- values --- */

char *
gpo_scenario_value (GpoScenarioReader *reader, const char *group, const char *key)
{
  if (!g_key_file_has_key (reader->keys, group, key, NULL))
    return NULL;
  g_autoptr (GError) error = NULL;
  char *value = g_key_file_get_string (reader->keys, group, key, &error);
  if (error)
    gpo_scenario_wrong (reader, group, key, "%s",
                        "a backslash stands for itself only when doubled: write \\\\");
  return value ? g_strstrip (value) : NULL;
}

char *
gpo_scenario_needs (GpoScenarioReader *reader, const char *group, const char *key, const char *for_example)
{
  char *value = gpo_scenario_value (reader, group, key);
  if (value && *value)
    return value;
  g_free (value);
  gpo_scenario_wrong (reader, group, NULL, "needs the key %s, for example: %s = %s", key, key, for_example);
  return NULL;
}

gboolean
gpo_scenario_table (GpoScenarioReader *reader, const char *group, const GpoValueRow *rows, gpointer target)
{
  for (const GpoValueRow *row = rows; row->key; row++)
    {
      g_autofree char *value = gpo_scenario_value (reader, group, row->key);
      g_autofree char *why = NULL;
      if (reader->error)
        return FALSE;
      if (value && !gpo_value_read (row, value, target, &why))
        return gpo_scenario_wrong (reader, group, row->key, "\"%s\" will not do: %s", value, why);
    }
  return TRUE;
}

GpoHost *
gpo_scenario_host (GpoScenarioReader *reader, const char *group, const char *key, const char *name)
{
  GpoWorld *world = reader->scenario->world;
  GpoHost *host = gpo_world_host (world, name);
  if (host)
    return host;
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  for (guint i = 0; i < world->hosts->len; i++)
    g_ptr_array_add (names, ((GpoHost *) world->hosts->pdata[i])->name);
  g_ptr_array_add (names, NULL);
  g_autofree char *meant = gpo_value_meant (name, (const char *const *) names->pdata);
  gpo_scenario_wrong (reader, group, key, "there is no host \"%s\"; %s", name, meant);
  return NULL;
}

/* --- scan --- */

static gboolean
note_place (GpoScenarioReader *reader, const char *group, const char *key, guint line)
{
  guint before = line_of (reader, group, key);
  if (before)
    {
      g_autofree char *text = key ? g_strdup_printf ("%s is in [%s] already, on line %u", key, group, before)
                                  : g_strdup_printf ("[%s] is there already, on line %u", group, before);
      return wrong_line (reader, line, text);
    }
  g_hash_table_insert (reader->lines, key ? g_strconcat (group, "\n", key, NULL) : g_strdup (group),
                       GUINT_TO_POINTER (line));
  return TRUE;
}

/* One line as GKeyFile sees it, without white space around it. */
static gboolean
scan_line (GpoScenarioReader *reader, char *line, guint number, char **group)
{
  gsize length = strlen (line);
  char *equals = strchr (line, '=');
  if (line[0] == '#' || length == 0)
    return TRUE;
  if (line[0] == '[' && line[length - 1] == ']' && length > 2 && !strpbrk (line + 1, "[")
      && strchr (line, ']') == line + length - 1)
    {
      g_free (*group);
      *group = g_strndup (line + 1, length - 2);
      return note_place (reader, *group, NULL, number);
    }
  if (line[0] == '[' || !equals || equals == line)
    return wrong_line (reader, number, "this is neither a [group], nor a key = value, nor a # comment");
  if (!*group)
    return wrong_line (reader, number, "a key before the first [group]; begin with [office] or [host NAME]");
  *equals = 0;
  g_strchomp (line);
  return note_place (reader, *group, line, number);
}

static gboolean
scan (GpoScenarioReader *reader, const char *text, gsize length)
{
  const char *bad = NULL;
  gboolean ok = TRUE;
  guint number = 1;
  if (!g_utf8_validate (text, (gssize) length, &bad))
    {
      for (const char *p = text; p < bad; p++)
        number += *p == '\n';
      return wrong_line (reader, number,
                         *bad ? "a byte that is not UTF-8; save the file as UTF-8" : "a zero byte");
    }
  g_autofree char *copy = g_strndup (text, length);
  g_auto (GStrv) lines = g_strsplit (copy, "\n", -1);
  g_autofree char *group = NULL;
  for (char **line = lines; *line && ok; line++, number++)
    ok = scan_line (reader, g_strstrip (*line), number, &group);
  return ok;
}

/* --- words --- */

/* Splits "host athens" into its kind and word; the kind is NULL if there is none such. */
static const GpoScenarioKind *
kind_of (const char *group, char **word)
{
  gsize n = strcspn (group, " \t");
  for (const GpoScenarioKind *kind = gpo_scenario_kinds; kind->name; kind++)
    if (strlen (kind->name) == n && strncmp (kind->name, group, n) == 0)
      {
        *word = g_strstrip (g_strdup (group + n));
        return kind;
      }
  return NULL;
}

static gboolean
known_group (GpoScenarioReader *reader, const char *group)
{
  g_autofree char *word = NULL;
  const GpoScenarioKind *kind = kind_of (group, &word);
  if (!kind)
    {
      g_autoptr (GPtrArray) names = g_ptr_array_new ();
      for (kind = gpo_scenario_kinds; kind->name; kind++)
        g_ptr_array_add (names, (char *) kind->name);
      g_ptr_array_add (names, NULL);
      g_autofree char *first = g_strndup (group, strcspn (group, " \t"));
      g_autofree char *meant = gpo_value_meant (first, (const char *const *) names->pdata);
      return gpo_scenario_wrong (reader, group, NULL, "there is no group of this kind; %s", meant);
    }
  if (kind->named && !*word)
    return gpo_scenario_wrong (reader, group, NULL, "needs a name: [%s NAME]", kind->name);
  if (!kind->named && *word)
    return gpo_scenario_wrong (reader, group, NULL, "has no name: write [%s]", kind->name);
  return TRUE;
}

static gboolean
known_keys (GpoScenarioReader *reader, const char *group)
{
  g_autofree char *word = NULL;
  const GpoScenarioKind *kind = kind_of (group, &word);
  g_autoptr (GPtrArray) known = g_ptr_array_new ();
  for (const GpoScenarioWord *w = words; w->group; w++)
    if (strcmp (w->group, kind->name) == 0)
      g_ptr_array_add (known, (char *) w->key);
  g_ptr_array_add (known, NULL);
  const char *const *list = (const char *const *) known->pdata;
  g_auto (GStrv) keys = g_key_file_get_keys (reader->keys, group, NULL, NULL);
  for (char **key = keys; key && *key; key++)
    if (!g_strv_contains (list, *key) && !g_strv_contains (list, "*"))
      {
        g_autofree char *meant = gpo_value_meant (*key, list);
        return gpo_scenario_wrong (reader, group, *key, "there is no such key; %s", meant);
      }
  return TRUE;
}

/* --- all together --- */

static gboolean
read_groups (GpoScenarioReader *reader)
{
  g_auto (GStrv) groups = g_key_file_get_groups (reader->keys, NULL);
  for (char **group = groups; *group; group++)
    if (!known_group (reader, *group) || !known_keys (reader, *group))
      return FALSE;
  for (const GpoScenarioKind *kind = gpo_scenario_kinds; kind->name; kind++)
    for (char **group = groups; *group; group++)
      {
        g_autofree char *word = NULL;
        if (kind_of (*group, &word) == kind && (!kind->read (reader, *group, word) || reader->error))
          return FALSE;
      }
  return TRUE;
}

static gboolean
read_all (GpoScenarioReader *reader, const char *text, gsize length, int port_base)
{
  g_autoptr (GError) error = NULL;
  if (!scan (reader, text, length))
    return FALSE;
  if (length > 0 && !g_key_file_load_from_data (reader->keys, text, length, G_KEY_FILE_NONE, &error))
    return wrong_line (reader, 1, error->message);
  return read_groups (reader) && gpo_scenario_check (reader, port_base);
}

static GpoScenario *
scenario_new (const char *name)
{
  static const gint64 minute = 60 * G_USEC_PER_SEC;
  static const gint64 intervals[] = { 5, 15, 30, 60, 120, 240 };
  GpoScenario *scenario = g_new0 (GpoScenario, 1);
  scenario->name = g_strdup (name);
  scenario->speed = 1.0;
  scenario->world = gpo_world_new ();
  scenario->faults = g_ptr_array_new ();
  scenario->walls = g_ptr_array_new_with_free_func (gpo_scenario_wall_free);
  scenario->letters = g_ptr_array_new ();
  GpoRetry *retry = &scenario->world->retry;
  retry->n_intervals = G_N_ELEMENTS (intervals);
  retry->intervals = g_new (gint64, retry->n_intervals);
  for (guint i = 0; i < retry->n_intervals; i++)
    retry->intervals[i] = intervals[i] * minute;
  retry->warn_after = 4 * 60 * minute;
  retry->give_up = 4 * 24 * 60 * minute;
  return scenario;
}

GpoScenario *
gpo_scenario_read (const char *text, gsize length, const char *name, const char *folder, int port_base,
                   GError **error)
{
  GpoScenarioReader reader = { .name = name, .folder = folder, .scenario = scenario_new (name) };
  gpo_limits_default (&reader.limits);
  reader.keys = g_key_file_new ();
  reader.lines = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (!read_all (&reader, text, length, port_base))
    g_clear_pointer (&reader.scenario, gpo_scenario_free);
  g_key_file_free (reader.keys);
  g_hash_table_unref (reader.lines);
  if (reader.error)
    g_propagate_error (error, reader.error);
  return reader.scenario;
}

GpoScenario *
gpo_scenario_load (const char *path, int port_base, GError **error)
{
  g_autofree char *text = NULL, *folder = NULL;
  gsize length;
  if (!path)
    return gpo_scenario_read (gpo_scenario_default (), strlen (gpo_scenario_default ()), "the default world",
                              ".", port_base, error);
  g_autoptr (GError) own = NULL;
  if (!g_file_get_contents (path, &text, &length, &own))
    {
      g_set_error (error, own->domain, own->code,
                   "the scenario %s cannot be read: %s; name another file, or none for the default world",
                   path, own->code == G_FILE_ERROR_NOENT ? "there is no such file" : own->message);
      return NULL;
    }
  folder = g_path_get_dirname (path);
  return gpo_scenario_read (text, length, path, folder, port_base, error);
}

static void
fault_free (gpointer data, gpointer unused)
{
  GpoScenarioFault *fault = data;
  g_free (fault->name);
  g_free (fault->when);
  g_free (fault->action);
  g_free (fault);
}

static void
letter_free (gpointer data, gpointer unused)
{
  GpoScenarioLetter *letter = data;
  g_free (letter->name);
  g_free (letter->file);
  g_free (letter->folder);
  g_free (letter->flags);
  g_free (letter->from);
  g_strfreev (letter->to);
  g_free (letter);
}

void
gpo_scenario_free (GpoScenario *scenario)
{
  g_ptr_array_foreach (scenario->faults, fault_free, NULL);
  g_ptr_array_unref (scenario->faults);
  g_ptr_array_unref (scenario->walls);
  g_ptr_array_foreach (scenario->letters, letter_free, NULL);
  g_ptr_array_unref (scenario->letters);
  gpo_world_free (scenario->world);
  g_free (scenario->name);
  g_free (scenario->trace);
  g_free (scenario);
}
