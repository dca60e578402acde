"""What is written when a study was run: cells, tables, and figures where there are scores."""

from core.export import FIGURE_SUFFIXES
from core.studies.figures import save_score_curves, save_strips
from core.studies.folder import StudyFolder
from core.studies.results import Results
from core.studies.table_files import table_csv, table_latex


def write_outcome(folder: StudyFolder) -> Results:
    """Write cells.csv, table.csv, table.tex, and the figures scores and curves, each whole.

    Raises:
        StudyError, ExportError: a run cannot be read, or a file written.
    """
    results = Results(folder)
    names, lacking = results.names, results.lacking
    folder.write("cells.csv", results.cells_csv())
    folder.write("table.csv", table_csv(results.table, names))
    folder.write("table.tex", table_latex(results.table, names, folder.study, lacking))
    for suffix in FIGURE_SUFFIXES:
        if results.names:
            save_strips(folder.path / f"scores{suffix}", results)
        if results.live_names:
            save_score_curves(folder.path / f"curves{suffix}", results)
    return results
