using System.Globalization;
using Mimesh.Imaging;
using Mimesh.Training;
using ScottPlot;
using Image = Mimesh.Imaging.Image;

namespace Mimesh.Cli;

/// <summary>
/// The curves of a training's log: a small chart for every loss and figure. ScottPlot draws them; the words are drawn with the
/// program's own font, since a server may have none.
/// </summary>
internal static class TrainingCurves
{
    private const int Columns = 3;
    private const int ChartWidth = 420;
    private const int ChartHeight = 200;
    private const int LeftMargin = 50, RightMargin = 14, TopMargin = 24, BottomMargin = 22;

    // Enough for a chart's pixels; of more reports, neighbours are averaged, which also smooths the noise of the steps.
    private const int MaxPoints = 200;

    // Losses that fall by more than this are drawn on a logarithmic axis.
    private const double LogarithmicFrom = 30;

    private static readonly Rgb s_ink = Rgb.Grey(0.15f);
    private static readonly Color s_line = Color.FromHex("#1f6fb4"), s_grid = Color.FromHex("#e6e6e6"), s_frame = Color.FromHex("#9a9a9a");

    /// <summary>Draws every curve of a log.</summary>
    /// <param name="log">Its reports, at least one.</param>
    public static Image Draw(IReadOnlyList<TrainingReport> log)
    {
        Chart[] charts =
        [
            .. Named(log, "loss: ", r => r.Losses),
            .. Named(log, "held out: ", r => r.HeldOut),
            .. Named(log, "gradient norm: ", r => r.GradientNorms),
            new("learning rate", [.. log.Select(r => new Point(r.Step, r.LearningRate))]),
            new("samples/s trained", [.. log.Select(r => new Point(r.Step, r.TrainedPerSecond))]),
            new("samples/s rendered", [.. log.Select(r => new Point(r.Step, r.RenderedPerSecond))]),
            new("starved: waiting for samples, %", [.. log.Select(r => new Point(r.Step, 100 * r.Starved))]),
        ];
        int rows = (charts.Length + Columns - 1) / Columns;
        var sheet = new Image(Columns * ChartWidth, rows * ChartHeight);
        Canvas.Fill(sheet, Rgb.White);
        for (int i = 0; i < charts.Length; i++)
        {
            Canvas.Paste(sheet, Draw(charts[i], log[^1].Step), i % Columns * ChartWidth, i / Columns * ChartHeight);
        }

        return sheet;
    }

    // Names come and go with the stages of a training.
    private static IEnumerable<Chart> Named(
        IReadOnlyList<TrainingReport> log, string title, Func<TrainingReport, IReadOnlyDictionary<string, float>?> figures) =>
        log.SelectMany(r => (figures(r) ?? new Dictionary<string, float>()).Select(f => (Name: f.Key, Point: new Point(r.Step, f.Value))))
            .GroupBy(f => f.Name)
            .Select(g => new Chart(title + g.Key, [.. g.Select(f => f.Point)]));

    private static Image Draw(Chart chart, int lastStep)
    {
        var points = Thinned(chart.Points);
        bool logarithmic = points.All(p => p.Value > 0) && points.Max(p => p.Value) > LogarithmicFrom * points.Min(p => p.Value);
        double[] values = [.. points.Select(p => logarithmic ? Math.Log10(p.Value) : p.Value)];
        double low = values.Min(), high = values.Max(), margin = Math.Max(0.05 * (high - low), 1e-3 * Math.Max(Math.Abs(high), 1e-6));

        using var plot = new Plot();
        plot.FigureBackground.Color = Colors.White;
        plot.Layout.Fixed(new PixelPadding(LeftMargin, RightMargin, BottomMargin, TopMargin));
        plot.Axes.SetLimits(0, lastStep, low - margin, high + margin);
        plot.Axes.FrameColor(s_frame);
        plot.Grid.MajorLineColor = s_grid;
        var line = plot.Add.ScatterLine([.. points.Select(p => p.Step)], values, s_line);
        line.LineWidth = 1.5f;
        line.MarkerSize = points.Length == 1 ? 5 : 0;
        var pixels = plot.GetImage(ChartWidth, ChartHeight).GetArrayRGB();
        var image = new Image(ChartWidth, ChartHeight);
        int at = 0;
        foreach (byte channel in pixels) // (H, W, 3)
        {
            image.Pixels[at++] = channel / 255f;
        }

        var frame = plot.LastRender.DataRect;
        BitmapFont.Draw(image, chart.Title, LeftMargin, TopMargin - BitmapFont.Height - 6, 1, s_ink);
        foreach (var tick in plot.Axes.Bottom.TickGenerator.Ticks.Where(t => t.IsMajor))
        {
            string text = Text(tick.Position);
            int width = BitmapFont.Measure(text, 1), x = (int)plot.Axes.Bottom.GetPixel(tick.Position, frame);
            BitmapFont.Draw(image, text, Math.Min(x - (width / 2), ChartWidth - width - 1), ChartHeight - BottomMargin + 8, 1, s_ink);
        }

        foreach (var tick in plot.Axes.Left.TickGenerator.Ticks.Where(t => t.IsMajor))
        {
            string text = logarithmic ? Math.Pow(10, tick.Position).ToString("0.#e0", CultureInfo.InvariantCulture) : Text(tick.Position);
            int y = (int)plot.Axes.Left.GetPixel(tick.Position, frame);
            BitmapFont.Draw(image, text, LeftMargin - BitmapFont.Measure(text, 1) - 8, y - (BitmapFont.Height / 2), 1, s_ink);
        }

        return image;
    }

    private static Point[] Thinned(IReadOnlyList<Point> points) =>
        [
            .. points.Where(p => double.IsFinite(p.Value)).DefaultIfEmpty()
                .Chunk((points.Count + MaxPoints - 1) / MaxPoints)
                .Select(c => new Point(c.Average(p => p.Step), c.Average(p => p.Value))),
        ];

    private static string Text(double value) => value.ToString(Math.Abs(value) is >= 1e5 or (> 0 and < 1e-3) ? "0.##e0" : "0.####", CultureInfo.InvariantCulture);

    private sealed record Chart(string Title, IReadOnlyList<Point> Points);

    private readonly record struct Point(double Step, double Value);
}
