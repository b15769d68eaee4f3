using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Camshaft.Samples.Digits;

/// <summary>Example inputs of the model <c>digits</c>, none of them seen in its training.</summary>
internal static class DigitInputs
{
    private static readonly string[] Names = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

    /// <summary>
    /// Every file: an FP32 <c>.npy</c> array for each of three digits, and for the seven also the ready request and its
    /// plain grey levels.
    /// </summary>
    public static IReadOnlyDictionary<string, byte[]> CreateFiles()
    {
        var random = new SeededRandom(DigitModel.HeldOutSeed);
        var images = Enumerable.Range(0, 10).Select(digit => DigitImage.Render(digit, random)).ToArray();
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var digit in (int[])[2, 5, 7])
        {
            files.Add($"digits/{Names[digit]}.npy", CreateNpy(images[digit]));
        }

        files.Add("digits/seven.gray", images[7].Pixels);
        files.Add("digits/seven.json", CreateRequest(images[7]));
        return files;
    }

    // NumPy's format, version 1.0: magic, version, length of the header, header padded to a multiple of 64, data.
    private static byte[] CreateNpy(DigitImage image)
    {
        const int PreambleByteSize = 10;
        var header = $"{{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, {DigitImage.Side}, {DigitImage.Side}), }}";
        var paddedByteSize = ((PreambleByteSize + header.Length + 1 + 63) / 64 * 64) - PreambleByteSize;
        return
        [
            .. (ReadOnlySpan<byte>)[0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, (byte)paddedByteSize, (byte)(paddedByteSize >> 8)],
            .. Encoding.ASCII.GetBytes(header.PadRight(paddedByteSize - 1) + "\n"),
            .. MemoryMarshal.AsBytes<float>(image.ToTensor()),
        ];
    }

    // A line for each row of the image, so that people see the seven.
    private static byte[] CreateRequest(DigitImage image)
    {
        var rows = image.Pixels.Chunk(DigitImage.Side).Select(static row => string.Join(',', row.Select(static level => (level / 255f).ToString("0.00", CultureInfo.InvariantCulture))));
        return Encoding.ASCII.GetBytes($$"""
            {"inputs":[{"name":"image","datatype":"FP32","shape":[1,1,{{DigitImage.Side}},{{DigitImage.Side}}],"data":[
            {{string.Join(",\n", rows)}}]}]}

            """.ReplaceLineEndings("\n"));
    }
}
