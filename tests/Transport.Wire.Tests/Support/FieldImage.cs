namespace Camshaft.Transport.Wire.Tests.Support;

/// <summary>A field of a frame.</summary>
internal sealed record FieldImage(FieldNumber Number, byte[] Value, bool IsRequired = false);
