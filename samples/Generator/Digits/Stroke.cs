using System.Numerics;

namespace Camshaft.Samples.Digits;

/// <summary>One movement of the pen: straight lines from point to point, or a curve through them.</summary>
/// <param name="Points">The points, on the glyph's grid.</param>
/// <param name="IsCurve">Whether the pen goes round corners.</param>
internal sealed record Stroke(IReadOnlyList<Vector2> Points, bool IsCurve)
{
    // A curve's piece between two points is a few pixels long.
    private const int StepsPerPiece = 6;

    public static Stroke Parse(string text)
    {
        var points = text.TrimStart('~').Split(' ').Select(static point => new Vector2(point[0] - '0', point[1] - '0'));
        return new Stroke([.. points], text[0] == '~');
    }

    /// <summary>The stroke with each point moved.</summary>
    public Stroke Move(Func<Vector2, Vector2> move) => this with { Points = [.. Points.Select(move)] };

    /// <summary>The stroke as short straight lines.</summary>
    public IEnumerable<Vector2> Trace()
    {
        if (!IsCurve)
        {
            return Points;
        }

        var traced = new List<Vector2> { Points[0] };
        for (var i = 0; i + 1 < Points.Count; i++)
        {
            for (var step = 1; step <= StepsPerPiece; step++)
            {
                traced.Add(Interpolate(Near(i - 1), Points[i], Points[i + 1], Near(i + 2), (float)step / StepsPerPiece));
            }
        }

        return traced;
    }

    // Before the first point of a ring comes the one before the last; an open stroke stands still at its ends.
    private Vector2 Near(int index)
    {
        var isRing = Points[0] == Points[^1];
        return index < 0 ? Points[isRing ? ^2 : 0]
            : index >= Points.Count ? Points[isRing ? 1 : ^1]
            : Points[index];
    }

    // Catmull-Rom: through b and c, with the slopes of a–c and b–d there.
    private static Vector2 Interpolate(Vector2 a, Vector2 b, Vector2 c, Vector2 d, float t) =>
        0.5f * ((2f * b) + ((c - a) * t) + (((2f * a) - (5f * b) + (4f * c) - d) * (t * t)) + (((3f * b) - a - (3f * c) + d) * (t * t * t)));
}
