/* SPDX-License-Identifier: MIT */
/* gateway-world.h: one host with a queue on disk, a clock that stands, and scripted servers on loopback. */
#pragma once
#include "roles/gateway.h"
#include "store/maildir.h"
#include "wire/listener.h"

#include <check.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define SECOND ((gint64) G_USEC_PER_SEC)
#define MINUTE (60 * SECOND)

static char *root;
static GpoOfficeParts office;
static GpoPost *post;
static GpoHost *athens;

/* --- a server that answers by rules --- */

/* What is said to lines that begin so: one answer after the other, the last for ever. "DROP" breaks the
 * connection. "" is the greeting, "." the end of a letter. */
typedef struct {
  const char *prefix, *answers;
} Rule;

typedef struct {
  GpoListener *listener;
  const Rule *rules;
  guint used[8];
  guint connections;
  GString *said;      /* every command line, "\n" between */
  GPtrArray *letters; /* of char *, dots undone */
  GPtrArray *callers; /* of Caller */
} Fake;

typedef struct {
  Fake *fake;
  GpoConnection *c;
  GString *in, *letter;
  gboolean mail;  /* MAIL was accepted */
  guint accepted; /* recipients of this transaction */
} Caller;

static void
caller_free (Caller *caller)
{
  g_ptr_array_remove_fast (caller->fake->callers, caller);
  gpo_connection_set_user (caller->c, NULL, NULL);
  gpo_connection_unref (caller->c);
  g_string_free (caller->in, TRUE);
  if (caller->letter)
    g_string_free (caller->letter, TRUE);
  g_free (caller);
}

static const char *
usual_answer (const char *line)
{
  if (!*line)
    return "220 fake.example";
  if (g_str_has_prefix (line, "EHLO"))
    return "250-fake.example\r\n250-PIPELINING\r\n250 8BITMIME";
  if (strcmp (line, "DATA") == 0)
    return "354 go";
  return strcmp (line, "QUIT") == 0 ? "221 bye" : "250 ok";
}

/* FALSE: the connection is gone. */
static gboolean
answer (Caller *caller, const char *line)
{
  Fake *fake = caller->fake;
  g_autofree char *text = g_strdup (usual_answer (line));
  for (guint i = 0; fake->rules && fake->rules[i].prefix; i++)
    {
      const char *prefix = fake->rules[i].prefix;
      if (*prefix ? !g_str_has_prefix (line, prefix) : *line)
        continue;
      g_auto (GStrv) answers = g_strsplit (fake->rules[i].answers, "|", -1);
      guint n = g_strv_length (answers), at = MIN (fake->used[i], n - 1);
      fake->used[i]++;
      g_free (text);
      text = g_strdup (answers[at]);
      break;
    }
  if (g_str_has_prefix (line, "RCPT"))
    caller->accepted += *text == '2' && caller->mail;
  else if (g_str_has_prefix (line, "MAIL"))
    {
      caller->mail = *text == '2';
      caller->accepted = 0;
    }
  else if (strcmp (line, "DATA") == 0 && !caller->accepted)
    {
      g_free (text);
      text = g_strdup ("503 no recipients");
    }
  if (strcmp (text, "DROP") == 0)
    {
      gpo_connection_abort (caller->c);
      caller_free (caller);
      return FALSE;
    }
  g_autofree char *sent = g_strconcat (text, "\r\n", NULL);
  gpo_connection_send (caller->c, sent, strlen (sent));
  if (strcmp (line, "DATA") == 0 && *text == '3')
    caller->letter = g_string_new (NULL);
  if (strcmp (line, "QUIT") == 0)
    gpo_connection_finish (caller->c);
  return TRUE;
}

/* FALSE: the connection is gone. */
static gboolean
take_line (Caller *caller, const char *line)
{
  Fake *fake = caller->fake;
  if (caller->letter && strcmp (line, ".") != 0)
    {
      g_string_append_printf (caller->letter, "%s\r\n", line + (*line == '.'));
      return TRUE;
    }
  gboolean whole = caller->letter != NULL;
  if (whole)
    {
      g_ptr_array_add (fake->letters, g_string_free (caller->letter, FALSE));
      caller->letter = NULL;
    }
  else
    g_string_append_printf (fake->said, "%s\n", line);
  return answer (caller, line);
}

static void
fake_received (GpoConnection *c, const guint8 *bytes, gsize n, gpointer data)
{
  Caller *caller = data;
  g_string_append_len (caller->in, (const char *) bytes, (gssize) n);
  for (char *end; (end = strstr (caller->in->str, "\r\n"));)
    {
      g_autofree char *line = g_strndup (caller->in->str, (gsize) (end - caller->in->str));
      g_string_erase (caller->in, 0, end + 2 - caller->in->str);
      if (!take_line (caller, line))
        return;
    }
}

static void
fake_closed (GpoConnection *c, GpoCloseReason reason, const char *text, gpointer data)
{
  caller_free (data);
}

static const GpoConnectionUser fake_user = { .received = fake_received, .closed = fake_closed };

static void
fake_accepted (GpoListener *listener, GpoConnection *c, gpointer data)
{
  Caller *caller = g_new0 (Caller, 1);
  *caller = (Caller) { .fake = data, .c = gpo_connection_ref (c), .in = g_string_new (NULL) };
  caller->fake->connections++;
  g_ptr_array_add (caller->fake->callers, caller);
  gpo_connection_set_user (c, &fake_user, caller);
  answer (caller, "");
}

static const GpoListenerUser listener_user = { .accepted = fake_accepted };

G_GNUC_UNUSED static void
fake_start (Fake *fake, const Rule *rules)
{
  g_autoptr (GError) error = NULL;
  *fake = (Fake) { .rules = rules, .said = g_string_new (NULL), .letters = g_ptr_array_new_with_free_func (g_free),
                   .callers = g_ptr_array_new () };
  fake->listener = gpo_listener_new ("127.0.0.1", 0, &listener_user, fake, &error);
  ck_assert_msg (fake->listener != NULL, "%s", error ? error->message : "");
}

/* Cuts every connection. */
G_GNUC_UNUSED static void
fake_stop (Fake *fake)
{
  while (fake->callers->len)
    {
      Caller *caller = fake->callers->pdata[0];
      gpo_connection_abort (caller->c);
      caller_free (caller);
    }
  g_ptr_array_unref (fake->callers);
  gpo_listener_free (fake->listener);
  g_string_free (fake->said, TRUE);
  g_ptr_array_unref (fake->letters);
}

G_GNUC_UNUSED static guint
count_said (Fake *fake, const char *what)
{
  guint n = 0;
  for (const char *p = fake->said->str; (p = strstr (p, what)); p++)
    n++;
  return n;
}

/* A port where nobody listens. */
G_GNUC_UNUSED static guint16
closed_port (void)
{
  GpoListener *listener = gpo_listener_new ("127.0.0.1", 0, &listener_user, NULL, NULL);
  guint16 port = gpo_listener_port (listener);
  gpo_listener_free (listener);
  return port;
}

/* --- the host --- */

static gint64
clock_of_log (gpointer data)
{
  return gpo_clock_now (data);
}

static void
add_recovered (GpoSpoolRecovery *recovery)
{
  for (guint i = 0; i < recovery->entries->len; i++)
    {
      GpoSpoolEntry *entry = recovery->entries->pdata[i];
      gpo_gateway_add (post->gateway, gpo_envelope_copy (entry->envelope), entry->size);
    }
}

static void
open_post (void)
{
  g_autoptr (GError) error = NULL;
  GpoSpoolRecovery *recovery = NULL;
  office.store = gpo_store_open (root, NULL, &error);
  ck_assert_msg (office.store != NULL, "%s", error ? error->message : "");
  ck_assert (gpo_store_add_host (office.store, "athens", &error));
  g_autofree char *inbox = gpo_store_maildir_path (office.store, "athens", "alice");
  g_autofree char *queue = gpo_store_spool_path (office.store, "athens");
  ck_assert (gpo_maildir_create (inbox, FALSE, &error));
  post = g_new0 (GpoPost, 1);
  gpo_post_init (post, &office, athens);
  post->spool = gpo_spool_open (office.store, queue, &recovery, &error);
  post->gateway = gpo_gateway_new (post);
  g_ptr_array_add (office.posts, post);
  add_recovered (recovery);
  gpo_spool_recovery_free (recovery);
}

static void
close_post (void)
{
  gpo_gateway_free (g_steal_pointer (&post->gateway));
  gpo_store_flush (office.store);
  gpo_spool_close (post->spool);
  gpo_store_close (office.store);
  g_ptr_array_remove (office.posts, post);
  gpo_post_finish (post);
  g_clear_pointer (&post, g_free);
}

static void
set_up (void)
{
  static const gint64 intervals[] = { 5 * MINUTE, 15 * MINUTE, 60 * MINUTE };
  root = g_dir_make_tmp ("glasspost-gateway-XXXXXX", NULL);
  office = (GpoOfficeParts) { .world = gpo_world_new (), .log = gpo_log_new (), .clock = gpo_clock_new (NULL) };
  gpo_clock_set_speed (office.clock, 0);
  gpo_log_set_clock (office.log, clock_of_log, office.clock);
  office.outgoing = g_hash_table_new (NULL, NULL);
  office.listening = g_hash_table_new (NULL, NULL);
  office.posts = g_ptr_array_new ();
  office.world->retry = (GpoRetry) { g_memdup2 (intervals, sizeof intervals), 3, 48 * 60 * MINUTE, 0 };
  athens = gpo_world_add_host (office.world, "athens", "athens.example");
  gpo_host_add_person (athens, "alice", "Alice", "glass");
  open_post ();
}

static void
remove_tree (const char *path)
{
  struct stat st;
  if (g_lstat (path, &st) == 0 && S_ISDIR (st.st_mode))
    {
      g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
      for (const char *name; dir && (name = g_dir_read_name (dir));)
        {
          g_autofree char *child = g_build_filename (path, name, NULL);
          remove_tree (child);
        }
    }
  g_remove (path);
}

static void
tear_down (void)
{
  close_post ();
  gpo_clock_free (office.clock);
  gpo_log_free (office.log);
  g_hash_table_unref (office.outgoing);
  g_hash_table_unref (office.listening);
  g_ptr_array_unref (office.posts);
  gpo_world_free (office.world);
  remove_tree (root);
  g_clear_pointer (&root, g_free);
}

G_GNUC_UNUSED static void
route (const char *domain, guint16 port)
{
  g_hash_table_replace (office.world->routes, g_strdup (domain), g_strdup_printf ("127.0.0.1:%u", port));
}

/* --- waiting --- */

static gboolean
tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* Lets the loop run until the condition holds; fails after ten seconds of real time. */
#define wait_for(condition)                                                                          \
  G_STMT_START                                                                                       \
  {                                                                                                  \
    gint64 deadline_ = g_get_monotonic_time () + 10 * SECOND;                                        \
    guint tick_ = g_timeout_add (5, tick, NULL);                                                     \
    while (!(condition))                                                                             \
      {                                                                                              \
        ck_assert_msg (g_get_monotonic_time () < deadline_, "waited in vain for %s", #condition);    \
        g_main_context_iteration (NULL, TRUE);                                                       \
      }                                                                                              \
    g_source_remove (tick_);                                                                         \
  }                                                                                                  \
  G_STMT_END

/* --- letters --- */

static void
note_delivered (const GError *error, gpointer data)
{
  ck_assert_msg (error == NULL, "%s", error ? error->message : "");
  *(gboolean *) data = TRUE;
}

static const char letter_text[] = "From: alice@athens.example\r\nSubject: hello\r\n\r\n.dot\r\nbye\r\n";

static GpoEnvelope *
envelope_to (const char *sender, const char *to)
{
  GpoEnvelope *envelope = gpo_envelope_new ();
  g_auto (GStrv) paths = g_strsplit (to, " ", -1);
  envelope->has_sender = TRUE;
  g_free (envelope->reverse_path);
  envelope->reverse_path = g_strdup (sender);
  envelope->letter = gpo_store_next_letter (office.store);
  envelope->id = gpo_spool_make_id (envelope->letter);
  envelope->arrived = gpo_clock_wall (office.clock);
  for (char **p = paths; *p; p++)
    gpo_envelope_add (envelope, *p);
  return envelope;
}

/* Takes over the envelope and waits until the letter is durable. Returns its number. */
static guint32
post_envelope (GpoEnvelope *envelope)
{
  gboolean delivered = FALSE;
  guint32 letter = envelope->letter;
  GpoArrival arrival = { .incoming = gpo_incoming_new (office.store, letter),
                         .envelope = envelope,
                         .header = g_string_new ("Subject: hello\r\n\r\n"),
                         .size = strlen (letter_text) };
  gpo_incoming_write (arrival.incoming, letter_text, strlen (letter_text));
  gpo_post_deliver (post, &arrival, NULL, note_delivered, &delivered);
  wait_for (delivered);
  return letter;
}

G_GNUC_UNUSED static guint32
post_letter (const char *sender, const char *to)
{
  return post_envelope (envelope_to (sender, to));
}

/* "received>queued>routed>…": the letter's life so far. The caller frees. */
G_GNUC_UNUSED static char *
life (guint32 letter)
{
  GString *out = g_string_new ("received");
  for (guint64 n = gpo_log_first (office.log); n < gpo_log_length (office.log); n++)
    {
      const GpoEvent *event = gpo_log_get (office.log, n);
      if (event->kind != GPO_KIND_EDGE || event->letter != letter
          || strcmp (gpo_event_text (event, GPO_FIELD_MACHINE, NULL), "queue") != 0)
        continue;
      g_string_append_printf (out, ">%s", gpo_event_text (event, GPO_FIELD_TO, NULL));
    }
  return g_string_free (out, FALSE);
}

#define assert_life(letter, expected)                                                                \
  G_STMT_START                                                                                       \
  {                                                                                                  \
    g_autofree char *life_ = life (letter);                                                          \
    ck_assert_str_eq (life_, expected);                                                              \
  }                                                                                                  \
  G_STMT_END

/* What is in alice's mailbox: all letters, one behind the other. The caller frees. */
G_GNUC_UNUSED static char *
read_inbox (guint *count)
{
  g_autofree char *inbox = gpo_store_maildir_path (office.store, "athens", "alice");
  g_autofree char *folder = g_build_filename (inbox, "new", NULL);
  GString *all = g_string_new (NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  *count = 0;
  for (const char *name; dir && (name = g_dir_read_name (dir)); ++*count)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *text = NULL;
      ck_assert (g_file_get_contents (path, &text, NULL, NULL));
      g_string_append (all, text);
    }
  return g_string_free (all, FALSE);
}

G_GNUC_UNUSED static guint
count_inbox (void)
{
  guint n;
  g_free (read_inbox (&n));
  return n;
}

static void
note_item (const GpoQueueItem *item, gpointer data)
{
  *(GpoQueueItem *) data = *item;
}

/* The newest letter in the queue; state NULL if there is none. */
G_GNUC_UNUSED static GpoQueueItem
queue_item (void)
{
  GpoQueueItem item = { 0 };
  gpo_gateway_list (post->gateway, note_item, &item);
  return item;
}

#define wait_state(word) wait_for (g_strcmp0 (queue_item ().state, word) == 0)
#define wait_empty() wait_for (gpo_gateway_length (post->gateway) == 0)
