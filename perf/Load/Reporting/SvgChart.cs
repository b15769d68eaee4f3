using System.Globalization;
using System.Net;
using System.Text;

namespace Camshaft.Load.Reporting;

/// <summary>A line chart as inline SVG, with a legend below.</summary>
internal sealed class SvgChart(ChartAxis horizontal, ChartAxis vertical)
{
    private const int Width = 960;
    private const int Height = 300;
    private const int Left = 70;
    private const int Right = 20;
    private const int Top = 30;
    private const int Bottom = 44;
    private const int LegendLine = 20;

    // Okabe and Ito's, which colour-blind people can tell apart.
    private static readonly string[] Colors = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#b8a800"];

    private readonly List<(string Name, IReadOnlyList<(double X, double Y)> Points)> _lines = [];

    public void AddLine(string name, IReadOnlyList<(double X, double Y)> points) => _lines.Add((name, points));

    public string Write()
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height + (LegendLine * _lines.Count)}\" role=\"img\">\n");
        AppendAxes(svg);
        for (var i = 0; i < _lines.Count; i++)
        {
            AppendLine(svg, i);
        }

        return svg.Append("</svg>\n").ToString();
    }

    private void AppendAxes(StringBuilder svg)
    {
        foreach (var (position, label) in vertical.Ticks)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(position):0.#}\" y2=\"{Y(position):0.#}\" stroke=\"#e3e7ec\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 8}\" y=\"{Y(position) + 4:0.#}\" text-anchor=\"end\">{label}</text>\n");
        }

        foreach (var (position, label) in horizontal.Ticks)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{X(position):0.#}\" x2=\"{X(position):0.#}\" y1=\"{Height - Bottom}\" y2=\"{Height - Bottom + 5}\" stroke=\"#8a94a3\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(position):0.#}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{label}</text>\n");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Width - Right}\" y=\"{Height - 8}\" text-anchor=\"end\">{horizontal.Title}</text><text x=\"8\" y=\"12\">{vertical.Title}</text>\n");
    }

    private void AppendLine(StringBuilder svg, int index)
    {
        var (name, points) = _lines[index];
        var color = Colors[index % Colors.Length];
        var y = Height + (LegendLine * index);
        var path = string.Join(' ', points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.X):0.#},{Y(point.Y):0.#}")));
        svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{path}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"2\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{Left}\" y=\"{y}\" width=\"12\" height=\"12\" fill=\"{color}\"/><text x=\"{Left + 20}\" y=\"{y + 11}\">{WebUtility.HtmlEncode(name)}</text>\n");
    }

    private double X(double value) => Left + (value / horizontal.Max * (Width - Left - Right));

    private double Y(double value) => Height - Bottom - (value / vertical.Max * (Height - Top - Bottom));
}
