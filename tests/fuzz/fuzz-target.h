/* SPDX-License-Identifier: MIT */
/* fuzz-target.h: what a fuzz target is. libFuzzer calls it with bytes it made up, replay-corpus.c
 * with those of the kept corpus. It must not crash, leak, hang or depend on earlier calls. */
#pragma once
#include <glib.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
