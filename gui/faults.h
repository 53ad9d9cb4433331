/* SPDX-License-Identifier: MIT */
/* faults.h: what can be made to go wrong at a host, and the clock: actions of the window, asked of the
 * office.
 *
 *     win.host-down        the chosen host is down (a truth value)
 *     win.fault::slow …    a fault rule for the chosen host, faults.c has the table; win.fault::clear: none
 *     win.clock-skip       to the next thing that waits, a retry as a rule
 *     win.clock-speed::60  a minute a second
 *     win.host-menu        opens the menu of the chosen host
 *
 * They are enabled only while there is a live office, those about a host while one is chosen. What comes of
 * it is seen in the trace, as `office`, `fault` and `clock` events; nothing is remembered here. */
#pragma once
#include "map-view.h"
#include "window.h"

G_BEGIN_DECLS

/* Adds the actions to the window, and the menu to its map. Once. */
void gpo_faults_attach (GpoWindow *window, GpoMapView *map);
/* What is asked of the office for win.fault::NAME at this host, or NULL if there is no such fault. The caller
 * frees. */
char *gpo_fault_intent (const char *name, const char *host);

G_END_DECLS
