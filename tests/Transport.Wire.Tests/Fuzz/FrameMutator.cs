using System.Buffers.Binary;
using Camshaft.Transport.Wire.Tests.Support;

namespace Camshaft.Transport.Wire.Tests.Fuzz;

/// <summary>Makes bytes from a seed that are nearly a frame, or quite.</summary>
internal sealed class FrameMutator(int seed)
{
    private static readonly byte[][] Frames = [.. GoldenFrames.FileNames.Order().Select(GoldenFrames.ReadFile)];
    private static readonly long[] Numbers = [0, 1, 7, 8, 16, 63, 64, 65, 255, 65472, 65535, 65536, int.MaxValue, 1L << 40, long.MaxValue, long.MinValue, -1];

    // Only the seed decides, so that a case comes back.
    private readonly Random _random = new(seed);

    public byte[] Create()
    {
        var bytes = (byte[])Frames[_random.Next(Frames.Length)].Clone();
        for (var changes = _random.Next(4); changes > 0 && bytes.Length > 0; changes--)
        {
            bytes = Change(bytes);
        }

        return bytes;
    }

    private byte[] Change(byte[] bytes)
    {
        var offset = _random.Next(bytes.Length);
        switch (_random.Next(6))
        {
            case 0:
                bytes[offset] ^= (byte)(1 << _random.Next(8));
                return bytes;
            case 1:
                bytes[offset] = (byte)_random.Next(256);
                return bytes;
            case 2:
                Span<byte> number = stackalloc byte[sizeof(long)];
                BinaryPrimitives.WriteInt64LittleEndian(number, Numbers[_random.Next(Numbers.Length)]);
                offset &= -(1 << _random.Next(4));
                number[..Math.Min(1 << _random.Next(4), bytes.Length - offset)].CopyTo(bytes.AsSpan(offset));
                return bytes;
            case 3:
                return bytes[..offset];
            case 4:
                return [.. bytes, .. Frames[_random.Next(Frames.Length)]];
            default:
                var other = Frames[_random.Next(Frames.Length)];
                return [.. bytes[..offset], .. other[Math.Min(offset, other.Length)..]];
        }
    }
}
