/* SPDX-License-Identifier: MIT */
/* post-delivery.c: where letters go at one host: mailboxes here, or the queue.
 *
 *     the client's bytes → GpoIncoming → gpo_post_deliver → a file in each mailbox, one in the queue
 *                                                         → `letter` and `mailbox` events → 250
 *
 * The order is what makes 250 a promise (RFC 5321 §6.1): durable first, then the events, then the
 * answer, then the gateway.
 *
 * An alias stands for whom it names. One that leads to a single address passes on what the sender asked to be
 * told (RFC 3461 §5.2.7.2). One that leads to several answers SUCCESS itself, with a report that says
 * "expanded", and passes on the rest: the sender hears of failures behind it, and of no name (RFC 3461
 * §5.2.7.3). */
#include "letter/address.h"
#include "letter/bounce.h"
#include "letter/received.h"
#include "roles/gateway.h"
#include "roles/post.h"

typedef struct
{
  GpoPost *post;
  GpoSession *session;
  GpoEnvelope *envelope; /* of the letter as it came */
  GpoEnvelope *onward;   /* recipients elsewhere, or NULL */
  GPtrArray *persons;    /* of GpoPerson: mailboxes here, each once */
  GString *added, *header, *prefix;
  guint64 size;
  GpoDeliveredFunc done;
  gpointer user_data;
} Delivery;

static void
delivery_free (Delivery *d)
{
  gpo_envelope_free (d->envelope);
  if (d->onward)
    gpo_envelope_free (d->onward);
  g_ptr_array_unref (d->persons);
  if (d->added)
    g_string_free (d->added, TRUE);
  if (d->header)
    g_string_free (d->header, TRUE);
  if (d->prefix)
    g_string_free (d->prefix, TRUE);
  g_free (d);
}

static void
add_onward (Delivery *d, const GpoRecipient *like, const char *path)
{
  if (!d->onward)
    {
      d->onward = gpo_envelope_copy (d->envelope);
      g_ptr_array_set_size (d->onward->recipients, 0);
    }
  GpoRecipient *recipient = gpo_envelope_add (d->onward, path);
  recipient->notify = like->notify;
  recipient->orcpt = g_strdup (like->orcpt);
}

/* How many addresses an address stands for: one, none, or as many as an alias leads to. */
static guint
breadth (GpoPost *post, const char *path, guint depth)
{
  GpoPlace place = gpo_host_place (post->host, path, NULL);
  if (place != GPO_PLACE_ALIAS)
    return place != GPO_PLACE_NOWHERE;
  guint n = 0;
  char **members = gpo_host_alias (post->host, path);
  for (char **m = members; m && *m && depth < GPO_ALIAS_DEPTH; m++)
    n += breadth (post, *m, depth + 1);
  return n;
}

static void
sort_path (Delivery *d, const GpoRecipient *like, const char *path, guint depth)
{
  GpoPerson *person = NULL;
  switch (gpo_host_place (d->post->host, path, &person))
    {
    case GPO_PLACE_MAILBOX:
      if (!g_ptr_array_find (d->persons, person, NULL))
        g_ptr_array_add (d->persons, person);
      break;
    case GPO_PLACE_ALIAS:
      {
        char **members = gpo_host_alias (d->post->host, path);
        for (char **m = members; m && *m && depth < GPO_ALIAS_DEPTH; m++)
          sort_path (d, like, *m, depth + 1);
        break;
      }
    case GPO_PLACE_ELSEWHERE:
      add_onward (d, like, path);
      break;
    case GPO_PLACE_NOWHERE:
      break;
    }
}

static void
sort_recipient (Delivery *d, const GpoRecipient *recipient)
{
  GpoRecipient like = *recipient;
  if (like.notify & GPO_NOTIFY_SUCCESS && breadth (d->post, like.path, 0) > 1)
    {
      like.notify &= ~(guint) GPO_NOTIFY_SUCCESS;
      if (like.notify == GPO_NOTIFY_DEFAULT) /* that would mean failures and delays */
        like.notify = GPO_NOTIFY_NEVER;
    }
  sort_path (d, &like, recipient->path, 0);
}

/* The letter is whole: what it is, and what this host put in front of it. */
static void
letter_event (Delivery *d)
{
  GpoEventBuilder b;
  gpo_post_event (d->post, &b, GPO_KIND_LETTER, d->envelope->letter);
  if (d->session)
    {
      b.event.session = d->session->number;
      b.event.protocol = (guint8) d->session->protocol;
    }
  gpo_event_add_number (&b, GPO_FIELD_SIZE, (gint64) d->size);
  gpo_event_add_text (&b, GPO_FIELD_NAME, d->envelope->id, -1);
  gpo_event_add_text (&b, GPO_FIELD_SENDER, d->envelope->reverse_path, -1);
  gpo_event_add_number (&b, GPO_FIELD_COUNT, d->envelope->recipients->len);
  if (d->added)
    gpo_event_add_text (&b, GPO_FIELD_ADDED, d->added->str, (gssize) d->added->len);
  if (d->header)
    gpo_event_add_text (&b, GPO_FIELD_HEADER, d->header->str, (gssize) d->header->len);
  gpo_log_append (d->post->office->log, &b);
}

static void
mailbox_event (Delivery *d, GpoPerson *person, const char *file)
{
  GpoEventBuilder b;
  static GpoSymbol deliver;
  if (!deliver)
    deliver = gpo_symbol ("deliver");
  char mailbox[160];
  g_snprintf (mailbox, sizeof mailbox, "%s/INBOX", person->login);
  gpo_post_event (d->post, &b, GPO_KIND_MAILBOX, d->envelope->letter);
  if (d->session)
    b.event.session = d->session->number;
  gpo_event_add_symbol (&b, GPO_FIELD_ACTION, deliver);
  gpo_event_add_text (&b, GPO_FIELD_MAILBOX, mailbox, -1);
  gpo_event_add_text (&b, GPO_FIELD_NAME, file, -1);
  gpo_event_add_text (&b, GPO_FIELD_SENDER, d->envelope->reverse_path, -1);
  gpo_event_add_number (&b, GPO_FIELD_SIZE, (gint64) (d->size + (d->added ? d->added->len : 0)));
  if (d->prefix)
    gpo_event_add_text (&b, GPO_FIELD_ADDED, d->prefix->str, (gssize) d->prefix->len);
  if (d->header)
    gpo_event_add_text (&b, GPO_FIELD_HEADER, d->header->str, (gssize) d->header->len);
  gpo_log_append (d->post->office->log, &b);
}

/* Everybody behind this path has a mailbox here. */
static gboolean
ends_here (GpoPost *post, const char *path, guint depth)
{
  GpoPlace place = gpo_host_place (post->host, path, NULL);
  if (place != GPO_PLACE_ALIAS || depth >= GPO_ALIAS_DEPTH)
    return place == GPO_PLACE_MAILBOX;
  char **members = gpo_host_alias (post->host, path);
  for (char **m = members; m && *m; m++)
    if (!ends_here (post, *m, depth + 1))
      return FALSE;
  return members && *members;
}

/* Says what became of each recipient here, and tells the sender if it asked. */
static void
report_success (Delivery *d)
{
  for (guint i = 0; i < d->envelope->recipients->len; i++)
    {
      GpoRecipient *recipient = gpo_envelope_recipient (d->envelope, i);
      if (breadth (d->post, recipient->path, 0) > 1)
        recipient->state = GPO_RCPT_EXPANDED;
      else if (ends_here (d->post, recipient->path, 0))
        recipient->state = GPO_RCPT_DELIVERED;
    }
  const char *header = d->header ? d->header->str : "";
  gsize length = d->header ? d->header->len : 0;
  gpo_post_report (d->post, d->envelope, GPO_BOUNCE_DELIVERED, header, length);
  gpo_post_report (d->post, d->envelope, GPO_BOUNCE_EXPANDED, header, length);
}

static void
delivered (const char *const *names, guint n_targets, const GError *error, gpointer data)
{
  Delivery *d = data;
  if (!error)
    {
      letter_event (d);
      for (guint i = 0; i < d->persons->len; i++)
        {
          GpoPerson *person = d->persons->pdata[i];
          mailbox_event (d, person, names[i]);
          if (d->post->delivered)
            d->post->delivered (d->post, person->login, "INBOX");
        }
    }
  d->done (error, d->user_data);
  if (!error && d->onward && d->post->gateway)
    gpo_gateway_add (d->post->gateway, g_steal_pointer (&d->onward),
                     d->size + (d->added ? d->added->len : 0));
  if (!error)
    report_success (d);
  delivery_free (d);
}

/* Where the letter is to be durable; `paths` keeps what the targets point to. At most one for each person
 * and one for the queue; returns how many. */
static guint
choose_targets (Delivery *d, GpoTarget *targets, GPtrArray *paths)
{
  GpoPost *post = d->post;
  /* A file made now has this date by itself, unless the office's clock is elsewhere. */
  gint64 ahead = ABS (d->envelope->arrived - g_get_real_time ());
  for (guint i = 0; i < d->persons->len; i++)
    {
      GpoPerson *person = d->persons->pdata[i];
      char *path = gpo_store_maildir_path (post->office->store, post->host->name, person->login);
      g_ptr_array_add (paths, path);
      targets[i].kind = GPO_TARGET_MAILDIR;
      targets[i].maildir = path;
      targets[i].date = ahead > G_USEC_PER_SEC ? d->envelope->arrived / G_USEC_PER_SEC : 0;
      targets[i].prefix = d->prefix ? d->prefix->str : NULL;
      targets[i].prefix_length = d->prefix ? d->prefix->len : 0;
    }
  if (!d->onward)
    return d->persons->len;
  targets[d->persons->len]
      = (GpoTarget){ .kind = GPO_TARGET_SPOOL, .spool = post->spool, .envelope = d->onward };
  return d->persons->len + 1;
}

void
gpo_post_deliver (GpoPost *post, GpoArrival *arrival, GpoSession *session, GpoDeliveredFunc done,
                  gpointer user_data)
{
  Delivery *d = g_new0 (Delivery, 1);
  d->post = post;
  d->session = session;
  d->envelope = arrival->envelope;
  d->added = arrival->added;
  d->header = arrival->header;
  d->size = arrival->size;
  d->done = done;
  d->user_data = user_data;
  d->persons = g_ptr_array_new ();
  for (guint i = 0; i < d->envelope->recipients->len; i++)
    {
      GpoRecipient *recipient = gpo_envelope_recipient (d->envelope, i);
      if (recipient->state == GPO_RCPT_WAITING)
        sort_recipient (d, recipient);
    }
  if (!arrival->return_path && d->persons->len > 0)
    gpo_return_path_append (d->prefix = g_string_new (NULL), d->envelope->reverse_path);
  g_autofree GpoTarget *targets = g_new0 (GpoTarget, d->persons->len + 1);
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  guint n = choose_targets (d, targets, paths);
  if (n == 0)
    {
      /* Only names that went away between RCPT and now: nothing to keep, and that must be said. */
      g_autoptr (GError) error
          = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no recipient is left");
      gpo_incoming_abort (arrival->incoming);
      done (error, user_data);
      delivery_free (d);
      return;
    }
  gpo_incoming_commit (arrival->incoming, targets, n, delivered, d);
}
