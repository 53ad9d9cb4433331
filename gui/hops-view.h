/* SPDX-License-Identifier: MIT */
/* hops-view.h: the way of a letter: the Received chain as hops, and what each host added or changed.
 *
 * Signal "pointed" (guint64 place, gboolean chosen) as in bytes-view.h, for a hop of the chain. */
#pragma once
#include "replay/letter-chain.h"
#include "replay/letter-facts.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GPO_TYPE_HOPS_VIEW (gpo_hops_view_get_type ())
G_DECLARE_FINAL_TYPE (GpoHopsView, gpo_hops_view, GPO, HOPS_VIEW, GtkWidget)

/* The facts must stay until they are replaced; NULL: nothing. */
void gpo_hops_view_show (GpoHopsView *view, GpoPicture *picture, const GpoLetterFacts *facts);
/* The chain as it is drawn, of GpoChainHop; NULL if nothing is shown. For tests. */
GPtrArray *gpo_hops_view_get_chain (GpoHopsView *view);
/* The differences as text, one per transfer. For tests. The caller frees. */
char *gpo_hops_view_get_text (GpoHopsView *view);

G_END_DECLS
