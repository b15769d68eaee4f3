using System.Text.Json;
using Camshaft.Backends;

namespace Camshaft.Transport.Http.Describing;

/// <summary>Writes a model's inputs or outputs as KServe V2 describes them: name, datatype and shape.</summary>
internal static class TensorsJson
{
    /// <param name="writer">Where to.</param>
    /// <param name="name">The member that the list becomes.</param>
    /// <param name="tensors">The tensors.</param>
    /// <param name="tellsOptional">Whether those that may be left out are marked, which KServe V2 has no member for.</param>
    public static void Write(Utf8JsonWriter writer, string name, IReadOnlyList<TensorSpec> tensors, bool tellsOptional)
    {
        writer.WriteStartArray(name);
        foreach (var tensor in tensors)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, tensor.Name);
            writer.WriteString("datatype"u8, tensor.DataType.Name);
            writer.WriteStartArray("shape"u8);
            foreach (var length in tensor.Shape.Dimensions)
            {
                writer.WriteNumberValue(length);
            }

            writer.WriteEndArray();
            if (tellsOptional && tensor.IsOptional)
            {
                writer.WriteBoolean("optional"u8, true);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
