/* SPDX-License-Identifier: MIT
 * config_words.c - heads, windows, convolutions and mixers of channels. */
#include "model/config_words.h"

#include "shared/words.h"

static bool has(const loci_model_config *c, const char *field)
{
    return loci_config_has(c, loci_config_find(field)) != 0;
}

void config_words(output *out, const loci_model_config *c)
{
    char count[WORDS_SIZE];
    if (has(c, "heads")) {
        output_format(out, ", %s, %s", words_plural(count, c->heads, "head"),
                      c->positions == LOCI_POSITIONS_NONE     ? "no positions"
                      : c->positions == LOCI_POSITIONS_ROTARY ? "rotary positions"
                                                              : "sinusoidal positions");
        if (c->attention_window) output_format(out, ", a window of %zu", c->attention_window);
    }
    if (has(c, "dilations"))
        output_format(out, ", %s, 1 to %zu apart", words_plural(count, c->kernel_width, "sample"),
                      (size_t)1 << ((c->layers < c->dilations ? c->layers : c->dilations) - 1));
    if (has(c, "mixer") && c->mixer == LOCI_MIXER_MLP)
        output_format(out, ", mlp of %zu channels", (c->mixer_expand ? c->mixer_expand : 4) * c->width);
    if (has(c, "mixer") && c->mixer == LOCI_MIXER_NONE) output_text(out, ", no mixer of channels");
}
