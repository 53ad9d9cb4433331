/* SPDX-License-Identifier: MIT */
/* chain-draw.h: the Received fields drawn as a chain of hosts, the first hop on top: pure, on any cairo
 * context. */
#pragma once
#include "replay/letter-chain.h"
#include "theme.h"

G_BEGIN_DECLS

#define GPO_CHAIN_HOP 108 /* units of height a hop takes */
#define GPO_CHAIN_HEAD 44 /* for the one who began */

/* `chosen`: a hop to mark, G_MAXUINT for none. */
void gpo_chain_draw (cairo_t *cr, GPtrArray *chain, const GpoTheme *theme, double width, guint chosen);
double gpo_chain_height (GPtrArray *chain);
/* The hop at this height, or G_MAXUINT. */
guint gpo_chain_hit (GPtrArray *chain, double y);
/* One hop in words. The caller frees. */
char *gpo_chain_hop_words (GPtrArray *chain, guint i);

G_END_DECLS
