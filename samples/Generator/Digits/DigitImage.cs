using System.Numerics;

namespace Camshaft.Samples.Digits;

/// <summary>A rendered digit: light strokes on a dark ground.</summary>
/// <param name="Digit">What it shows.</param>
/// <param name="Pixels">Grey levels, row by row.</param>
public sealed record DigitImage(int Digit, byte[] Pixels)
{
    /// <summary>Its height and width.</summary>
    public const int Side = 28;

    /// <summary>How many pixels it has.</summary>
    public const int PixelCount = Side * Side;

    private const float Center = (Side - 1) / 2f;

    /// <summary>The grey levels as the model wants them, from 0 to 1.</summary>
    public float[] ToTensor() => [.. Pixels.Select(static level => level / 255f)];

    /// <summary>
    /// Writes a digit in some hand: each point moved a little, the whole scaled, slanted, turned and shifted, with a pen of
    /// some width and sharpness, on a noisy ground. Only operations that IEEE 754 defines to the last bit are used, so that
    /// the same sequence gives the same image on every machine.
    /// </summary>
    public static DigitImage Render(int digit, SeededRandom random)
    {
        var place = RandomPlacement(random);
        var radius = random.NextFloat(0.6f, 1.7f);
        var blur = random.NextFloat(0.7f, 1.9f);
        var ink = random.NextFloat(0.65f, 1f);
        var noise = random.NextFloat(0f, 0.12f);
        var canvas = new float[PixelCount];
        foreach (var stroke in GlyphOutlines.Read(random.Next(GlyphOutlines.HandCount), digit).ToArray())
        {
            // A ring stays one only if its first point and its last are moved alike.
            var moved = stroke.Points.Distinct().ToDictionary(static point => point, point => point + new Vector2(random.NextFloat(-0.5f, 0.5f), random.NextFloat(-0.5f, 0.5f)));
            Draw(canvas, stroke.Move(point => moved[point]).Trace().Select(place).ToArray(), radius, blur);
        }

        var pixels = new byte[PixelCount];
        for (var i = 0; i < pixels.Length; i++)
        {
            var level = Math.Clamp((canvas[i] * ink) + (noise * random.NextBell()), 0f, 1f);
            pixels[i] = (byte)((level * 255f) + 0.5f);
        }

        return new DigitImage(digit, pixels);
    }

    /// <summary>Renders a digit drawn by lot.</summary>
    public static DigitImage Render(SeededRandom random) => Render(random.Next(10), random);

    private static Func<Vector2, Vector2> RandomPlacement(SeededRandom random)
    {
        var scale = random.NextFloat(1.9f, 2.7f);
        var width = scale * random.NextFloat(0.7f, 1.05f);
        var slant = random.NextFloat(-0.3f, 0.3f);
        var shift = new Vector2(random.NextFloat(-2.5f, 2.5f), random.NextFloat(-2.5f, 2.5f));

        // Up to 17 degrees either way, through the tangent of half the angle: no library's sine.
        var tangent = random.NextFloat(-0.15f, 0.15f);
        var cosine = (1f - (tangent * tangent)) / (1f + (tangent * tangent));
        var sine = 2f * tangent / (1f + (tangent * tangent));
        return point =>
        {
            var y = (point.Y - 4f) * scale;
            var x = ((point.X - 3f) * width) - (y * slant);
            return new Vector2((x * cosine) - (y * sine), (x * sine) + (y * cosine)) + shift + new Vector2(Center);
        };
    }

    private static void Draw(float[] canvas, ReadOnlySpan<Vector2> line, float radius, float blur)
    {
        var reach = radius + (blur / 2f);
        for (var i = 0; i + 1 < line.Length; i++)
        {
            var (low, high) = (Vector2.Min(line[i], line[i + 1]) - new Vector2(reach), Vector2.Max(line[i], line[i + 1]) + new Vector2(reach));
            for (var y = Math.Max(0, (int)low.Y); y <= Math.Min(Side - 1, (int)high.Y); y++)
            {
                for (var x = Math.Max(0, (int)low.X); x <= Math.Min(Side - 1, (int)high.X); x++)
                {
                    var cover = Math.Clamp(((radius - Distance(new Vector2(x, y), line[i], line[i + 1])) / blur) + 0.5f, 0f, 1f);
                    ref var pixel = ref canvas[(y * Side) + x];
                    pixel = Math.Max(pixel, cover);
                }
            }
        }
    }

    private static float Distance(Vector2 point, Vector2 start, Vector2 end)
    {
        var (px, py, dx, dy) = (point.X - start.X, point.Y - start.Y, end.X - start.X, end.Y - start.Y);
        var lengthSquared = (dx * dx) + (dy * dy);
        var along = lengthSquared > 0f ? Math.Clamp(((px * dx) + (py * dy)) / lengthSquared, 0f, 1f) : 0f;
        var (x, y) = (px - (along * dx), py - (along * dy));
        return MathF.Sqrt((x * x) + (y * y));
    }
}
