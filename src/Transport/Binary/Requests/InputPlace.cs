namespace Camshaft.Transport.Binary.Requests;

/// <summary>Where in an infer frame an input's data lies.</summary>
/// <param name="Input">The input's index.</param>
/// <param name="Offset">Its first byte, counted from the frame's head.</param>
/// <param name="ByteSize">Its bytes, more than 0.</param>
internal readonly record struct InputPlace(int Input, long Offset, int ByteSize);
