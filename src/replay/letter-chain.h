/* SPDX-License-Identifier: MIT */
/* letter-chain.h: the hops of a letter as its Received fields tell them, the first one first.
 *
 * Each host puts its field on top, so the lowest is the oldest (RFC 5321 §4.4). Only what a host of this
 * trace added is known to be true; what came with the letter is what somebody claims. Pure. */
#pragma once
#include "letter/received-read.h"
#include "replay/letter-facts.h"

G_BEGIN_DECLS

typedef struct
{
  GpoStamp stamp;
  const GpoFieldFact *field;
  gboolean timed;  /* it and one below it are dated */
  gint64 delay;    /* µs since the nearest dated one below; negative: a clock is wrong, or somebody lies */
  gboolean broken; /* it says it came from another host than the one below says it is */
} GpoChainHop;

/* Of GpoChainHop; the facts must outlive it. The caller frees (g_ptr_array_unref). */
GPtrArray *gpo_letter_chain_new (const GpoLetterFacts *facts);

G_END_DECLS
