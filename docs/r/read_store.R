# Reads the store of `careerflows batch` in R, without any code of careerflows:
#   Rscript docs/r/read_store.R results/lever_sweep lever_sweep
# Needs the packages arrow and dplyr.

suppressPackageStartupMessages({
  library(arrow)
  library(dplyr)
})

given <- commandArgs(trailingOnly = TRUE)
if (length(given) != 2) stop("give the folder of a store and the id of an experiment in it", call. = FALSE)
store <- given[1]
experiment <- given[2]

# A row for every scenario, point, draw, replicate and scale, with its factors and the key of its run.
design <- read_parquet(file.path(store, "experiments", experiment, "design.parquet"))

# One indicator of all runs, in the last year; only the parts of the files that hold it are read.
technicians <- open_dataset(file.path(store, "indicators"), partitioning = hive_partition(scenario = string())) |>
  filter(indicator == "technicians", group == "all") |>
  select(run, year, value) |>
  collect() |>
  mutate(run = as.character(run)) |>
  filter(year == max(year))

answers <- design |>
  mutate(run = as.character(run), scenario = as.character(scenario)) |>
  inner_join(technicians, by = "run")

# Differences with the first scenario, in pairs: the same point, draw, replicate and scale.
first <- as.character(design$scenario[1])
pairs <- answers |>
  filter(scenario != first) |>
  inner_join(
    answers |> filter(scenario == first) |> select(point, draw, replicate, scale, reference = value),
    by = c("point", "draw", "replicate", "scale")
  ) |>
  mutate(gain = value - reference)

result <- pairs |>
  group_by(scenario, point) |>
  summarise(mean = mean(gain), runs = n(), .groups = "drop") |>
  arrange(scenario, point)

write.csv(as.data.frame(result), row.names = FALSE)
