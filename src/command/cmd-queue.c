/* SPDX-License-Identifier: MIT */
/* cmd-queue.c: `glasspost queue`: the letters that wait to be passed on.
 *
 * It asks the running office over its control socket. Where none runs, it reads the queues on disk: they
 * can be listed, and letters held, released and removed; only to retry one needs somebody who works. */
#include "command/command.h"
#include "office/control.h"
#include "office/scenario.h"
#include "store/spool.h"
#include "store/store.h"
#include "trace/transcript.h"
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>

typedef struct
{
  char *store, *host;
  gboolean json;
  const char *action, *id;
  GPtrArray *rows; /* of JsonObject */
  gint64 count;
} Queue;

/* --- showing --- */

/* Text from letters goes to a terminal: no control byte may act there. */
static char *
safe (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *out = g_string_new (NULL);
  for (const char *p = valid; *p; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      if (g_unichar_isprint (c) && g_unichar_type (c) != G_UNICODE_FORMAT)
        g_string_append_unichar (out, c);
      else
        g_string_append_c (out, '?');
    }
  return g_string_free (out, FALSE);
}

static char *
recipients_of (JsonObject *row)
{
  g_autoptr (GString) out = g_string_new (NULL);
  JsonArray *list = json_object_get_array_member (row, "recipients");
  for (guint i = 0; list && i < json_array_get_length (list); i++)
    g_string_append_printf (out, "%s%s", i ? " " : "", json_array_get_string_element (list, i));
  return safe (out->str);
}

static void
print_row (JsonObject *row)
{
  g_autofree char *sender = safe (json_object_get_string_member_with_default (row, "sender", ""));
  g_autofree char *recipients = recipients_of (row);
  g_autofree char *reason = safe (json_object_get_string_member_with_default (row, "reason", ""));
  gint64 due = json_object_get_int_member_with_default (row, "due-in", -1);
  g_autofree char *due_text = due < 0 ? g_strdup ("-") : gpo_duration_text (due);
  printf ("%-14s %-9s %-9s %9" G_GINT64_FORMAT " %7s  <%s> -> %s\n",
          json_object_get_string_member (row, "id"),
          json_object_get_string_member_with_default (row, "host", ""),
          json_object_get_string_member_with_default (row, "state", ""),
          json_object_get_int_member_with_default (row, "size", 0), due_text, sender, recipients);
  if (*reason)
    printf ("%14s %s\n", "", reason);
}

static void
print_rows (GPtrArray *rows)
{
  if (rows->len == 0)
    {
      puts ("No letter waits.");
      return;
    }
  printf ("%-14s %-9s %-9s %9s %7s  %s\n", "LETTER", "HOST", "STATE", "BYTES", "DUE IN", "ENVELOPE");
  for (guint i = 0; i < rows->len; i++)
    print_row (rows->pdata[i]);
}

/* A line of the answer: a letter, or how many were acted on. */
static void
take_line (const char *line, gpointer data)
{
  Queue *q = data;
  g_autoptr (JsonNode) node = json_from_string (line, NULL);
  if (!node || !JSON_NODE_HOLDS_OBJECT (node))
    return;
  JsonObject *row = json_node_get_object (node);
  if (json_object_has_member (row, "id") && q->json)
    puts (line);
  else if (json_object_has_member (row, "id"))
    g_ptr_array_add (q->rows, json_object_ref (row));
  else
    q->count = json_object_get_int_member_with_default (row, "count", 0);
}

/* --- without an office --- */

static void
list_entry (Queue *q, const char *host, const GpoSpoolEntry *entry)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();
  json_builder_begin_object (json);
  json_builder_set_member_name (json, "host");
  json_builder_add_string_value (json, host);
  json_builder_set_member_name (json, "id");
  json_builder_add_string_value (json, entry->envelope->id);
  json_builder_set_member_name (json, "letter");
  json_builder_add_int_value (json, entry->envelope->letter);
  json_builder_set_member_name (json, "size");
  json_builder_add_int_value (json, (gint64) entry->size);
  json_builder_set_member_name (json, "arrived");
  json_builder_add_int_value (json, entry->envelope->arrived);
  g_autofree char *sender
      = g_utf8_make_valid (entry->envelope->reverse_path ? entry->envelope->reverse_path : "", -1);
  json_builder_set_member_name (json, "sender");
  json_builder_add_string_value (json, sender);
  json_builder_set_member_name (json, "recipients");
  json_builder_begin_array (json);
  for (guint i = 0; i < entry->envelope->recipients->len; i++)
    {
      GpoRecipient *recipient = gpo_envelope_recipient (entry->envelope, i);
      g_autofree char *path = g_utf8_make_valid (recipient->path, -1);
      if (recipient->state == GPO_RCPT_WAITING)
        json_builder_add_string_value (json, path);
    }
  json_builder_end_array (json);
  json_builder_set_member_name (json, "state");
  json_builder_add_string_value (json, entry->envelope->held ? "held" : "stopped");
  json_builder_end_object (json);
  g_autoptr (JsonNode) root = json_builder_get_root (json);
  g_autofree char *line = gpo_escape_json (json_to_string (root, FALSE));
  take_line (line, q);
}

static gboolean
is_meant (const Queue *q, const GpoEnvelope *envelope)
{
  g_autofree char *number = g_strdup_printf ("%u", envelope->letter);
  return !q->id || strcmp (q->id, "all") == 0 || strcmp (q->id, envelope->id) == 0
         || strcmp (q->id, number) == 0;
}

/* What is asked for, with a letter on the disk; the caller flushes the store. */
static void
change_entry (Queue *q, GpoSpool *spool, GpoEnvelope *envelope)
{
  if (strcmp (q->action, "remove") == 0)
    gpo_spool_remove (spool, envelope->id, NULL, NULL);
  else
    {
      envelope->held = strcmp (q->action, "hold") == 0;
      gpo_spool_update (spool, envelope, TRUE, NULL, NULL);
    }
  q->count++;
}

static gboolean
read_spool (Queue *q, GpoStore *store, const char *host, GError **error)
{
  g_autofree char *path = gpo_store_spool_path (store, host);
  g_autoptr (GpoSpoolRecovery) recovery = NULL;
  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return TRUE;
  g_autoptr (GpoSpool) spool = gpo_spool_open (store, path, &recovery, error);
  for (guint i = 0; spool && i < recovery->entries->len; i++)
    {
      GpoSpoolEntry *entry = recovery->entries->pdata[i];
      if (strcmp (q->action, "list") == 0)
        list_entry (q, host, entry);
      else if (is_meant (q, entry->envelope))
        change_entry (q, spool, entry->envelope);
    }
  if (spool)
    gpo_store_flush (store);
  return spool != NULL;
}

static gboolean
read_store (Queue *q, const char *root, GError **error)
{
  g_autofree char *counter = g_build_filename (root, "counter", NULL);
  if (!g_file_test (counter, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                   "no office is running, and %s is no store; start one: "
                   "glasspost serve",
                   root);
      return FALSE;
    }
  g_autoptr (GpoStore) store = gpo_store_open (root, NULL, error);
  g_autoptr (GDir) dir = store ? g_dir_open (root, 0, error) : NULL;
  gboolean ok = dir != NULL;
  for (const char *name; ok && (name = g_dir_read_name (dir));)
    if (gpo_store_name_is_safe (name) && (!q->host || strcmp (q->host, name) == 0))
      ok = read_spool (q, store, name, error);
  return ok;
}

/* --- the command --- */

static gboolean
work (Queue *q, GError **error)
{
  g_autoptr (GError) own = NULL;
  const char *rest = strcmp (q->action, "list") == 0 ? q->host : q->id;
  g_autofree char *request = g_strdup_printf ("queue %s%s%s", q->action, rest ? " " : "", rest ? rest : "");
  if (gpo_control_ask (q->store, request, take_line, q, &own))
    return TRUE;
  gboolean offline = strcmp (q->action, "retry") != 0;
  if (g_error_matches (own, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) && offline)
    {
      g_autofree char *root = q->store ? g_strdup (q->store) : gpo_control_default_store ();
      return read_store (q, root, error);
    }
  g_propagate_error (error, g_steal_pointer (&own));
  return FALSE;
}

static int
show (Queue *q)
{
  if (strcmp (q->action, "list") != 0)
    {
      printf (q->json ? "{\"count\":%" G_GINT64_FORMAT "}\n" : "%" G_GINT64_FORMAT " done\n", q->count);
      return q->count || !q->id || strcmp (q->id, "all") == 0
                 ? GPO_EXIT_OK
                 : gpo_command_fail ("no letter \"%s\" is in any queue", q->id);
    }
  if (!q->json)
    print_rows (q->rows);
  return GPO_EXIT_OK;
}

static int
understand (Queue *q, int argc, char **argv)
{
  static const char *const actions[] = { "list", "hold", "release", "retry", "remove", NULL };
  q->action = argc > 1 ? argv[1] : "list";
  q->id = argc > 2 ? argv[2] : NULL;
  if (!g_strv_contains (actions, q->action))
    return gpo_command_usage ("queue can list, hold, release, retry and remove, but not \"%s\"", q->action);
  if (argc > 3 || (q->id && strcmp (q->action, "list") == 0))
    return gpo_command_usage ("too many words; try: glasspost queue --help");
  if (!q->id && strcmp (q->action, "remove") == 0)
    return gpo_command_usage ("say which letter to remove: its name, its number, or all");
  if (q->host && strcmp (q->action, "list") != 0)
    return gpo_command_usage ("--host goes with list only");
  if (q->id && strpbrk (q->id, "\r\n"))
    return gpo_command_usage ("\"%s\" is no letter's name", q->id);
  return GPO_EXIT_OK;
}

int
gpo_cmd_queue (int argc, char **argv)
{
  Queue q = { .rows = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref) };
  g_autoptr (GError) error = NULL;
  int status;
  const GOptionEntry entries[] = {
    { "store", 0, 0, G_OPTION_ARG_FILENAME, &q.store, "The office with this store, running or not", "DIR" },
    { "host", 0, 0, G_OPTION_ARG_STRING, &q.host, "List the queue of this host only", "HOST" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &q.json, "An object a line, for other programs", NULL },
    { NULL },
  };
  if (gpo_command_parse (entries, &argc, &argv, &status)
      && (status = understand (&q, argc, argv)) == GPO_EXIT_OK)
    status = work (&q, &error) ? show (&q) : gpo_command_fail ("%s", error->message);
  g_ptr_array_unref (q.rows);
  g_free (q.store);
  g_free (q.host);
  return status;
}
