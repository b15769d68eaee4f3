using System.Text.Json;

namespace Camshaft.Transport.Http.Infer;

/// <summary>Reads one element of a tensor from a JSON token. Implemented by structs, so that the loop over elements is compiled for each.</summary>
internal interface IElementReader<T>
{
    static abstract bool TryRead(ref Utf8JsonReader reader, out T value);
}
