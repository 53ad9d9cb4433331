/* SPDX-License-Identifier: MIT */
/* wire-pair.h: two connections that talk over loopback, and what each of them heard.
 *
 * A test makes a pair, does something, and waits, turning the main loop, for what must follow. */
#pragma once
#include "wire/listener.h"
#include "wire/tls.h"
#include <check.h>

typedef struct {
  GpoConnection *c; /* NULL once the test dropped it */
  GString *got;
  gsize counted;    /* bytes received; those beyond the first MiB are counted only */
  gboolean connected, ended, closed, drained;
  guint timeouts;
  GpoCloseReason reason;
  char *text, *description;
  GError *error;    /* of connected or secured */
  gboolean secured;
  void (*on_received) (gpointer end); /* these run inside the callbacks */
  void (*on_secured) (gpointer end), (*on_connected) (gpointer end);
} End;

static void
end_connected (GpoConnection *c, const GError *error, gpointer data)
{
  End *end = data;
  ck_assert (!end->connected && !end->closed);
  end->connected = TRUE;
  end->error = error ? g_error_copy (error) : NULL;
  if (end->on_connected)
    end->on_connected (end);
}

static void
end_received (GpoConnection *c, const guint8 *bytes, gsize n, gpointer data)
{
  End *end = data;
  ck_assert (!end->closed);
  ck_assert_uint_gt (n, 0);
  end->counted += n;
  if (end->got->len < 1 << 20)
    g_string_append_len (end->got, (const char *) bytes, n);
  if (end->on_received)
    end->on_received (end);
}

static void
end_drained (GpoConnection *c, gpointer data)
{
  ((End *) data)->drained = TRUE;
}

static void
end_secured (GpoConnection *c, const GError *error, const char *description, gpointer data)
{
  End *end = data;
  ck_assert (!end->secured);
  end->secured = TRUE;
  end->error = error ? g_error_copy (error) : NULL;
  end->description = g_strdup (description);
  if (end->on_secured)
    end->on_secured (end);
}

static void
end_timed_out (GpoConnection *c, gpointer data)
{
  ((End *) data)->timeouts++;
}

static void
end_ended (GpoConnection *c, gpointer data)
{
  ck_assert (!((End *) data)->ended);
  ((End *) data)->ended = TRUE;
}

static void
end_closed (GpoConnection *c, GpoCloseReason reason, const char *text, gpointer data)
{
  End *end = data;
  ck_assert (!end->closed);
  ck_assert_ptr_nonnull (text);
  end->closed = TRUE;
  end->reason = reason;
  end->text = g_strdup (text);
}

/* Hears everything, so the peer's end does not finish it by itself. */
static const GpoConnectionUser end_user = { end_connected, end_received,  end_drained, end_secured,
                                            end_timed_out, end_ended,     end_closed };
/* Leaves the peer's end to the connection. */
static const GpoConnectionUser simple_user = { end_connected, end_received,  end_drained, end_secured,
                                               end_timed_out, NULL,          end_closed };

typedef struct {
  GpoListener *listener;
  End client, server;
  const GpoConnectionUser *server_user;
} Pair;

static gboolean
out_of_time (gpointer late)
{
  *(gboolean *) late = TRUE;
  return G_SOURCE_REMOVE;
}

/* Turns the main loop until the condition holds; fails after ten seconds. */
#define WAIT_FOR(condition)                                                                          \
  do                                                                                                 \
    {                                                                                                \
      gboolean late_ = FALSE;                                                                        \
      guint timer_ = g_timeout_add (10000, out_of_time, &late_);                                     \
      while (!(condition) && !late_)                                                                 \
        g_main_context_iteration (NULL, TRUE);                                                       \
      if (late_)                                                                                     \
        ck_abort_msg ("waited in vain for %s", #condition);                                          \
      g_source_remove (timer_);                                                                      \
    }                                                                                                \
  while (0)

/* Lets everything happen that can happen without anybody's help. */
static void
settle (void)
{
  for (int quiet = 0; quiet < 20; quiet++)
    {
      g_usleep (200);
      while (g_main_context_iteration (NULL, FALSE))
        quiet = 0;
    }
}

static void
end_init (End *end)
{
  memset (end, 0, sizeof *end);
  end->got = g_string_new (NULL);
}

static void
end_clear (End *end)
{
  g_clear_pointer (&end->c, gpo_connection_unref);
  g_string_free (end->got, TRUE);
  g_free (end->text);
  g_free (end->description);
  g_clear_error (&end->error);
}

static void
pair_accepted (GpoListener *listener, GpoConnection *c, gpointer data)
{
  Pair *pair = data;
  pair->server.c = gpo_connection_ref (c);
  gpo_connection_set_user (c, pair->server_user, &pair->server);
}

static const GpoListenerUser pair_listener = { pair_accepted, NULL };

static void
pair_open (Pair *pair, const GpoConnectionUser *server_user)
{
  GError *error = NULL;
  end_init (&pair->client);
  end_init (&pair->server);
  pair->server_user = server_user;
  pair->listener = gpo_listener_new ("127.0.0.1", 0, &pair_listener, pair, &error);
  ck_assert_msg (pair->listener != NULL, "%s", error ? error->message : "");
  pair->client.c = gpo_connection_new_outgoing ("127.0.0.1", gpo_listener_port (pair->listener), 5000, &end_user,
                                                &pair->client);
  WAIT_FOR (pair->client.connected && pair->server.c);
  ck_assert_ptr_null (pair->client.error);
}

static void
pair_close (Pair *pair)
{
  end_clear (&pair->client);
  end_clear (&pair->server);
  gpo_listener_free (pair->listener);
}

#define SEND(end, text) gpo_connection_send ((end)->c, text, strlen (text))
