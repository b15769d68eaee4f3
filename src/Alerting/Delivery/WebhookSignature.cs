using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Camshaft.Alerting.Delivery;

/// <summary>Signs a webhook's message as standardwebhooks.com specifies: HMAC-SHA-256 over the message's id, its time and its body.</summary>
internal static class WebhookSignature
{
    public static void Sign(HttpRequestMessage request, ReadOnlyMemory<byte> body, Guid messageId, DateTimeOffset time, ReadOnlySpan<byte> secret)
    {
        var id = $"msg_{messageId:N}";
        var seconds = time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.ASCII.GetBytes($"{id}.{seconds}."), .. body.Span];
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", seconds);
        request.Headers.Add("webhook-signature", $"v1,{Convert.ToBase64String(HMACSHA256.HashData(secret, signed))}");
    }
}
