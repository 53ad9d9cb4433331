/* SPDX-License-Identifier: MIT */
/* sample-bounces.h: for tests: reports of every kind, by name. */
#pragma once
#include "letter/bounce.h"
#include "letters.h"

typedef struct
{
  const char *name;
  GpoBounceKind kind;
  const char *letter; /* of tests/letters */
  GpoRet ret;
  gboolean utf8, hostile;
} SampleBounce;

static const SampleBounce samples[] = {
  { "failed", GPO_BOUNCE_FAILED, "plain", GPO_RET_NONE, FALSE, FALSE },
  { "failed-full", GPO_BOUNCE_FAILED, "attachment", GPO_RET_FULL, FALSE, FALSE },
  { "failed-lf", GPO_BOUNCE_FAILED, "lf-only", GPO_RET_FULL, FALSE, FALSE },
  { "failed-8bit", GPO_BOUNCE_FAILED, "8-bit", GPO_RET_FULL, FALSE, FALSE },
  { "failed-utf8", GPO_BOUNCE_FAILED, "8-bit", GPO_RET_HDRS, TRUE, FALSE },
  { "delayed", GPO_BOUNCE_DELAYED, "plain", GPO_RET_FULL, FALSE, FALSE },
  { "delivered", GPO_BOUNCE_DELIVERED, "plain", GPO_RET_NONE, FALSE, FALSE },
  { "relayed", GPO_BOUNCE_RELAYED, "plain", GPO_RET_NONE, FALSE, FALSE },
  { "expanded", GPO_BOUNCE_EXPANDED, "plain", GPO_RET_NONE, FALSE, FALSE },
  { "hostile", GPO_BOUNCE_FAILED, "no-header", GPO_RET_FULL, FALSE, TRUE },
};

#define SAMPLE_NOW (1795511702 * G_GINT64_CONSTANT (1000000))

static inline GpoEnvelope *
sample_envelope (const SampleBounce *s)
{
  static const GpoRecipientState states[] = { GPO_RCPT_FAILED, GPO_RCPT_WAITING, GPO_RCPT_DELIVERED, GPO_RCPT_RELAYED, GPO_RCPT_EXPANDED };
  static const char *const status[] = { "5.1.1", "4.4.1", NULL, "2.1.5", NULL };
  GpoEnvelope *e = gpo_envelope_new ();
  e->has_sender = TRUE;
  g_free (e->reverse_path);
  e->reverse_path = g_strdup ("alice@athens.example");
  e->ret = s->ret;
  e->smtputf8 = s->utf8;
  e->envid = g_strdup (s->hostile ? "id\r\nSubject: forged" : "QQ314159");
  e->arrived = SAMPLE_NOW - 60 * G_USEC_PER_SEC;
  GpoRecipient *r = gpo_envelope_add (e, s->utf8 ? "\xce\xb2@sparta.example" : "bob@sparta.example");
  r->notify = GPO_NOTIFY_SUCCESS | GPO_NOTIFY_FAILURE | GPO_NOTIFY_DELAY;
  r->orcpt = g_strdup ("rfc822;bob@old.example");
  r->state = states[s->kind];
  r->status = g_strdup (status[s->kind]);
  r->remote = g_strdup ("sparta.example");
  r->reply = g_strdup (s->hostile                     ? "550 \r\n\r\n--report-7f\r\nforged \xff\x1b[2J"
                       : s->kind == GPO_BOUNCE_FAILED ? "550 5.1.1 there is nobody of that name in Sparta, and "
                                                        "there has not been one since the days of Lycurgus"
                       : s->kind == GPO_BOUNCE_DELAYED ? "sparta.example: cannot connect: Connection refused"
                                                       : NULL);
  r = gpo_envelope_add (e, "carol@sparta.example");
  r->notify = GPO_NOTIFY_NEVER;
  r->state = states[s->kind];
  return e;
}

/* Writes a sample; the caller unrefs the bytes and frees *out. */
static inline GBytes *
sample_write (const SampleBounce *s, GpoEnvelope **out)
{
  gsize length;
  g_autofree char *letter = read_letter (s->letter, &length);
  g_autoptr (GpoEnvelope) envelope = sample_envelope (s);
  g_autoptr (GArray) wanted = gpo_bounce_wanted (envelope, s->kind);
  GpoBounce bounce = { .kind = s->kind,
                       .host = "gateway.example",
                       .id = "7f",
                       .now = SAMPLE_NOW,
                       .give_up = SAMPLE_NOW + 345600 * (gint64) G_USEC_PER_SEC,
                       .envelope = envelope,
                       .recipients = wanted,
                       .letter = letter,
                       .length = length };
  return gpo_bounce_write (&bounce, out);
}
