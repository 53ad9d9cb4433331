/* SPDX-License-Identifier: MIT */
/* gateway.c: the queue of a host as a whole. See gateway-private.h for its parts. */
#include "roles/gateway-private.h"
#include "wire/tls.h"
#include <string.h>

GpoGateway *
gpo_gateway_new (GpoPost *post)
{
  GpoGateway *gateway = g_new0 (GpoGateway, 1);
  g_autofree char *folder = gpo_store_tls_path (post->office->store);
  gateway->post = post;
  /* The office's authority, because the system's takes long to load; whom we call is not decided by it. */
  gateway->tls = gpo_tls_new_client (GPO_TLS_TRUST_ANY, folder);
  gateway->random = g_rand_new_with_seed (g_str_hash (post->host->name)); /* each run draws alike */
  gateway->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  gateway->hops = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, gpo_hop_free);
  gateway->dials = g_ptr_array_new ();
  gateway->reports = g_ptr_array_new ();
  gateway->cancellable = g_cancellable_new ();
  g_queue_init (&gateway->letters);
  return gateway;
}

void
gpo_gateway_free (GpoGateway *gateway)
{
  gateway->stopping = TRUE;
  gateway->stopped = NULL;
  g_cancellable_cancel (gateway->cancellable);
  gpo_queued_forget_reports (gateway);
  gpo_hops_cut (gateway);
  while (gateway->letters.length)
    gpo_queued_free (gateway->letters.head->data);
  g_hash_table_unref (gateway->hops);
  g_hash_table_unref (gateway->by_id);
  g_ptr_array_unref (gateway->dials);
  g_ptr_array_unref (gateway->reports);
  g_object_unref (gateway->cancellable);
  g_rand_free (gateway->random);
  gpo_tls_unref (gateway->tls);
  g_free (gateway);
}

static void
hold (GpoQueued *letter)
{
  gpo_queued_set_reason (letter, "by hand");
  gpo_queued_take (letter, GPO_QUEUE_IN_HOLD, GPO_OK, 0, 0);
}

void
gpo_gateway_add (GpoGateway *gateway, GpoEnvelope *envelope, guint64 size)
{
  GpoQueued *letter = gpo_queued_new (gateway, envelope, size);
  gpo_queued_take (letter, GPO_QUEUE_IN_ACCEPTED, GPO_OK, 0, 0);
  if (envelope->held)
    hold (letter);
  else
    gpo_queued_try (letter);
}

void
gpo_gateway_stop (GpoGateway *gateway, void (*done) (gpointer), gpointer data)
{
  gateway->stopping = TRUE;
  gpo_hops_stop (gateway);
  if (!gateway->dials->len)
    done (data);
  else
    {
      gateway->stopped = done;
      gateway->stopped_data = data;
    }
}

/* --- by hand --- */

/* FALSE if the letter is in no state for it, or in the midst of something. */
static gboolean
act (GpoQueued *letter, GpoQueueAction action)
{
  static const GpoQueueInput inputs[] = { [GPO_QUEUE_HOLD] = GPO_QUEUE_IN_HOLD,
                                          [GPO_QUEUE_RELEASE] = GPO_QUEUE_IN_RELEASE,
                                          [GPO_QUEUE_RETRY] = GPO_QUEUE_IN_RETRY,
                                          [GPO_QUEUE_REMOVE] = GPO_QUEUE_IN_REMOVE };
  if (letter->asking || letter->reporting
      || !gpo_machine_accepts (&gpo_queue_machine, letter->state, (guint8) inputs[action]))
    return FALSE;
  gpo_queued_withdraw (letter);
  if (action == GPO_QUEUE_HOLD || action == GPO_QUEUE_RELEASE)
    {
      letter->envelope->held = action == GPO_QUEUE_HOLD;
      gpo_spool_update (letter->gateway->post->spool, letter->envelope, TRUE, NULL, NULL);
    }
  if (action == GPO_QUEUE_HOLD)
    {
      hold (letter);
      return TRUE;
    }
  if (action == GPO_QUEUE_REMOVE)
    gpo_queued_set_reason (letter, "by hand");
  gpo_queued_take (letter, inputs[action], GPO_OK, 0, 0);
  if (action == GPO_QUEUE_REMOVE)
    {
      gpo_spool_remove (letter->gateway->post->spool, letter->envelope->id, NULL, NULL);
      gpo_queued_free (letter);
    }
  else
    gpo_queued_try (letter);
  return TRUE;
}

static gboolean
is_named (const GpoQueued *letter, const char *id)
{
  char *end;
  guint64 number = g_ascii_strtoull (id, &end, 10);
  return !id || strcmp (letter->envelope->id, id) == 0
         || (end != id && !*end && number == letter->envelope->letter);
}

guint
gpo_gateway_act (GpoGateway *gateway, const char *id, GpoQueueAction action)
{
  guint n = 0;
  /* Only those there are now: what an action adds is not acted on. */
  g_autoptr (GList) letters = g_list_copy (gateway->letters.head);
  for (GList *l = letters; l; l = l->next)
    if (!id || is_named (l->data, id))
      n += act (l->data, action);
  return n;
}

void
gpo_gateway_list (GpoGateway *gateway, void (*each) (const GpoQueueItem *item, gpointer data), gpointer data)
{
  for (GList *l = gateway->letters.head; l; l = l->next)
    {
      const GpoQueued *letter = l->data;
      GpoQueueItem item = { .envelope = letter->envelope,
                            .size = letter->size,
                            .state = gpo_queue_machine.states[letter->state],
                            .due = letter->due,
                            .attempts = letter->attempts,
                            .reason = letter->reason,
                            .next_hop = letter->hop ? letter->hop->route->key : NULL };
      each (&item, data);
    }
}

guint
gpo_gateway_length (GpoGateway *gateway)
{
  return gateway->letters.length;
}
