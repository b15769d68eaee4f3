namespace Camshaft.Samples.Digits;

/// <summary>
/// The ten digits in four hands, on a grid 6 wide and 8 high whose origin is at the top left. A point is two figures,
/// x and y; strokes are parted by <c>/</c>; a stroke that begins with <c>~</c> is a curve through its points.
/// </summary>
internal static class GlyphOutlines
{
    private static readonly string[][] Hands =
    [
        // Round.
        [
            "~30 62 66 38 06 02 30", "12 30 38", "~02 10 50 62 54 08/08 68", "~01 30 62 34/~34 66 38 07", "50 58/50 05 65",
            "60 10 04/~04 33 66 38 07", "~50 13 06 38 66 34 06", "00 60 28", "~34 02 30 62 34 06 38 66 34", "~62 30 02 34 62 56 28",
        ],

        // Angular, the one with a foot, the seven with a bar.
        [
            "20 40 62 66 48 28 06 02 20", "12 30 38/18 58", "02 20 40 62 64 08 68", "00 60 34 66 48 28 06", "10 04 64/50 58",
            "60 00 03 43 65 66 48 08", "40 03 06 28 48 66 65 44 24 05", "00 60 38/24 64", "20 40 62 44 24 02 20/24 06 28 48 66 44", "62 40 20 02 24 44 62 66 48 18",
        ],

        // Seven segments.
        [
            "00 60 68 08 00", "30 38", "00 60 64 04 08 68", "00 60 68 08/04 64", "00 04 64/60 68",
            "60 00 04 64 68 08", "60 00 08 68 64 04", "00 60 68", "00 60 68 08 00/04 64", "64 04 00 60 68 08",
        ],

        // Fluent.
        [
            "~40 11 05 28 57 63 40", "30 38", "~02 20 51 43 08/08 68", "~10 40 52 24/~24 65 48 18 06", "40 05 65/43 48",
            "50 10 13/~13 43 66 38 07", "~40 12 06 38 66 44 06", "00 60/~60 44 28", "~51 20 12 54 66 38 06 14 51", "~62 30 02 34 62/62 68",
        ],
    ];

    /// <summary>How many ways there are to write each digit.</summary>
    public static int HandCount => Hands.Length;

    /// <summary>The strokes of a digit in a hand.</summary>
    public static IEnumerable<Stroke> Read(int hand, int digit) => Hands[hand][digit].Split('/').Select(Stroke.Parse);
}
